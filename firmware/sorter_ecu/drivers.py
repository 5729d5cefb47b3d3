"""Drivers, found by name: in the file of that name."""


def driver(path):
    """The class of the driver in sorter_io that `path` names, "motors.vfd_modbus" for example."""
    module = __import__("sorter_io." + path, None, None, ("DRIVER",))
    return getattr(module, module.DRIVER)
