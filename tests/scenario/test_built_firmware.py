"""The files that `sortyard build` makes do what the firmware as it is written does, and are those of the simulation."""

from sim_runs import example

from sortyard.bundle.kept import KeptFirmware
from sortyard.bundle.meanings import Meanings
from sortyard.cli.main import main
from sortyard.config.examples import line_file_of
from sortyard.sim import firmware
from sortyard.sim.arrivals import GeneratedParcels
from sortyard.sim.run import Settings, simulate


def as_written(files: dict[str, bytes], _image: bytes, _port: str) -> KeptFirmware:
    return KeptFirmware(files, Meanings({}, {}))


def sorted_by_starter() -> list[tuple[int, int, int]]:
    """Kind, track or gate, and what was told of it, of every disposition and gate command."""
    site = example("starter")
    result = simulate(site, GeneratedParcels(site, 25, 3), Settings(runtime="firmware", seed=3))
    assert result.firmware is not None
    assert (result.firmware.overruns, result.firmware.bytes_allocated) == (0, 0)
    assert result.sorted >= 20
    return sorted((one.kind, one.p, one.q) for one in result.opening if one.is_output)


def test_built_and_as_it_is_written_the_firmware_sorts_alike(monkeypatch):
    built = sorted_by_starter()
    monkeypatch.setattr(firmware, "kept_firmware", as_written)
    assert sorted_by_starter() == built
    assert len(built) >= 75  # of each parcel a disposition and two commands of a gate, at least


def test_a_board_gets_the_very_files_that_are_simulated(tmp_path, monkeypatch, capsys):
    assert main(["build", str(line_file_of("starter")), "--out", str(tmp_path)]) == 0
    assert "sorter.mpy" in capsys.readouterr().out
    ran: list[KeptFirmware] = []
    build = firmware.kept_firmware
    monkeypatch.setattr(firmware, "kept_firmware", lambda *given: ran.append(build(*given)) or ran[-1])
    sorted_by_starter()
    for name, content in ran[0].files.items():
        assert (tmp_path / "line" / name[1:]).read_bytes() == content
    assert (tmp_path / "line" / "ecu.img").read_bytes()[:4] == b"SYEC"
    assert '"sorter_ecu.start.run"' in (tmp_path / "line.names.json").read_text()


def test_a_folder_that_cannot_be_made_is_told(tmp_path, capsys):
    (tmp_path / "taken").write_text("a file")
    assert main(["build", str(line_file_of("starter")), "--out", str(tmp_path / "taken")]) == 2
    assert "cannot be written" in capsys.readouterr().err
