"""Data of a make, found by the name of its file."""


def table(path):
    """The MAP in the file of sorter_io that `path` names, "motors.vfd_modbus_maps.delta" for example."""
    return __import__("sorter_io." + path, None, None, ("MAP",)).MAP
