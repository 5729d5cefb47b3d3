"""The line file (`*.line.toml`): every key, its unit, its limits.

x = 0 is the infeed eye and grows downstream. One file describes the line for check, simulation,
build, provisioning and tests. What needs two keys to be judged is in `line_rules`.
"""

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from sortyard.config.driver_tables import drivers_of

Name = Annotated[
    str,
    Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$", description="a letter, then letters, digits, - and _"),
]
Quantiles = Annotated[
    list[Annotated[int, Field(ge=1, le=100_000)]],
    Field(min_length=7, max_length=7, description="smallest, 5 %, 25 %, 50 %, 75 %, 95 %, greatest"),
]
Travel = Annotated[int, Field(ge=0, le=20_000)]
Option = Annotated[int, Field(ge=-(1 << 29), lt=1 << 29)] | str
"""A number is a small integer on every board."""
Pins = Annotated[
    dict[str, str],
    Field(description='wire -> pin: the board\'s name ("GP2", "IO25") or a place on an expander ("in.0")'),
]

if TYPE_CHECKING:
    MotorDriver = str
    ScannerDriver = str
    EncoderDriver = str
    DiverterKind = str
    ExpanderKind = str
    LinkDriver = str
else:
    # one of the drivers that the firmware has, so that a new one is a new file and nothing else
    MotorDriver, ScannerDriver, EncoderDriver, DiverterKind, ExpanderKind, LinkDriver = (
        Literal[tuple(drivers_of(kind))]
        for kind in ("motor", "scanner", "encoder", "diverter", "expander", "link")
    )

QUANTILE_PERCENT = (0, 5, 25, 50, 75, 95, 100)
"""The percentages at which the seven values of a `*_quantiles` key stand."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Device(_Table):
    """What is wired to an ECU. A pin is a board name (`GP2`, `IO25`) or `expander.number`."""

    ecu: Name = Field(description="the board that it is wired to")
    pins: Pins = {}
    options: dict[str, Option] = Field(
        default={}, description="of its driver: the table OPTIONS of its file in firmware/sorter_io"
    )


class Belt(_Table):
    """The one belt that carries parcels from the infeed eye to its end."""

    speed_mm_s: int = Field(ge=100, le=3000, description="rated speed")
    length_mm: int = Field(ge=500, le=200_000, description="from the infeed eye to the end of the belt")
    width_mm: int = Field(ge=200, le=2000, description="between the side guards")
    acceleration_mm_s2: int = Field(
        default=1000, ge=100, le=10_000, description="ramp up; coasting down is the same"
    )
    slowest_mm_s: int | None = Field(
        default=None,
        ge=50,
        le=3000,
        description="the host may set the speed from here to speed_mm_s; without it, it may not",
    )
    feeder_end_mm: int = Field(
        default=-300,
        ge=-20_000,
        le=-1,
        description="without an [infeed_meter]: position where the conveyor that feeds the line ends",
    )


class Encoder(_Device):
    """Counts belt travel; every position that the gate logic knows is one of its counts."""

    um_per_count: int = Field(ge=100, le=10_000, description="belt travel per count, micrometres")
    driver: EncoderDriver | None = Field(
        default=None, description="how it is counted; without it in hardware, where the board can"
    )


class ParcelLimits(_Table):
    """What the line accepts, and what passes by: sizes in mm, rate in parcels an hour."""

    min_length_mm: int = Field(default=80, ge=20, le=2000, description="shorter ones are rejected")
    max_length_mm: int = Field(default=1200, ge=50, le=5000, description="longer ones are rejected")
    max_width_mm: int = Field(default=700, ge=50, le=2000, description="not wider than the belt")
    rate_per_h: int = Field(default=6000, ge=10, le=30_000, description="that arrive on average")
    min_gap_mm: int = Field(default=100, ge=0, le=10_000, description="smallest gap that the feeder leaves")
    length_mm_quantiles: Quantiles = [105, 160, 180, 250, 380, 650, 1050]
    width_mm_quantiles: Quantiles = [60, 110, 150, 200, 300, 470, 680]
    height_mm_quantiles: Quantiles = [20, 30, 80, 130, 200, 440, 800]
    weight_g_quantiles: Quantiles = [20, 100, 300, 700, 1900, 10_900, 30_000]


class Eye(_Device):
    """A photo-eye. `confirm` eyes stand in a chute, the others at `position_mm` of the belt.

    meter: at the end of the metering belt; merge: at the end of the recirculation loop;
    infeed: x = 0; verify: re-zeroes tracks; end: just before the end of the belt.
    """

    name: Name
    role: Literal["infeed", "meter", "merge", "verify", "confirm", "end"]
    position_mm: int | None = Field(
        default=None,
        ge=-20_000,
        le=200_000,
        description="from the infeed eye; confirm eyes have none, the merge eye stands where the loop ends",
    )
    window_mm: int = Field(default=60, ge=5, le=1000, description="tracking window, to either side")
    height_mm: int = Field(default=15, ge=1, le=500, description="of the beam above the belt")
    debounce_mm: int = Field(default=4, ge=0, le=100, description="belt travel")
    chute: Name | None = Field(default=None, description="confirm: the chute that it stands in")
    travel_mm: tuple[Travel, Travel] | None = Field(
        None,
        description="confirm: belt travel from leading edge at the sweep zone to this eye, least and most",
    )


class Scanner(_Device):
    """Reads the label while the parcel passes below, beside or above."""

    name: Name
    driver: ScannerDriver = Field(default="serial_line", description="how it speaks")
    position_mm: int = Field(ge=0, le=200_000, description="from the infeed eye")
    window_mm: int = Field(default=100, ge=10, le=2000, description="read window, to either side")
    trigger: Name | None = Field(
        default=None, description="eye that tells it to read; without one it reads all the time"
    )
    latency_ms: int = Field(default=20, ge=0, le=500, description="decode and transmission, compensated")
    jitter_ms: int = Field(
        default=5, ge=0, le=200, description="greatest deviation of latency_ms, to either side"
    )


class Diverter(_Device):
    """swing_arm and popup_wheel are barriers, a pusher is an impulse; each driver says which of them it moves like."""

    name: Name
    kind: DiverterKind
    position_mm: int = Field(ge=1, le=200_000, description="start of the sweep zone")
    zone_mm: int = Field(ge=20, le=3000, description="length of the sweep zone along the belt")
    side: Literal["left", "right"] = Field(default="left", description="of the chute, seen downstream")
    delay_ms: int = Field(default=10, ge=0, le=400, description="command to first movement")
    extend_ms: int = Field(ge=1, le=2000, description="home to in place, without delay_ms")
    retract_ms: int = Field(ge=1, le=2000, description="in place to home, without delay_ms")
    dwell_ms: int = Field(default=0, ge=0, le=1000, description="pusher: time in place before it goes back")
    spread_ms: int = Field(
        default=5, ge=0, le=200, description="greatest deviation of these times, to either side"
    )
    margin_mm: int = Field(default=30, ge=0, le=500, description="kept free before and behind each parcel")
    safe_state: Literal["retract", "hold", "off"] = Field(
        default="retract", description="what its outputs do in an emergency stop"
    )
    feedback: bool = Field(default=False, description="end-position switches are fitted")
    rated_kcycles: int = Field(default=5000, ge=1, le=1_000_000, description="wear life, thousands of cycles")

    @property
    def moves(self) -> str:
        """Model of its movement: "pusher", "swing_arm" or "popup_wheel"."""
        return drivers_of("diverter")[self.kind].moves


class Chute(_Table):
    """`diverter = NAME`, or `end = true` for the one at the end of the belt, which is the reject chute."""

    name: Name
    kind: Literal["sort", "reject", "recirculate"] = "sort"
    diverter: Name | None = Field(default=None, description="the diverter that fills it")
    end: bool = Field(default=False, description="at the end of the belt")
    capacity: int = Field(default=200, ge=1, le=100_000, description="parcels until it is full")
    empty_s: int = Field(
        default=60, ge=1, le=86_400, description="time until somebody has emptied a full chute"
    )


class Recirculation(_Table):
    """A loop that brings back to the infeed what could not be sorted."""

    loop_mm: int = Field(ge=500, le=200_000, description="diverter to the merge eye")
    merge_position_mm: int = Field(ge=-20_000, le=-1, description="where the loop joins the belt")
    lap_limit: int = Field(default=3, ge=1, le=15, description="laps after which a parcel is rejected")
    warn_load: int = Field(default=10, ge=1, le=200, description="parcels on the loop that raise a warning")


class InfeedMeter(_Table):
    """A metering belt ahead of the infeed eye that opens gaps which are too small."""

    gap_mm: int = Field(ge=50, le=10_000, description="smallest gap that it lets through")
    transfer_mm: int = Field(ge=-20_000, le=-1, description="position where the metering belt ends")
    brake_mm_s2: int = Field(
        default=10_000, ge=500, le=50_000, description="of the metering belt, starting and stopping"
    )


class Policy(_Table):
    """What the gate logic does where more than one answer is right."""

    restart: Literal["flush", "resume"] = Field(
        default="flush", description="after an emergency stop: reject what is on the belt, or go on with it"
    )
    host: bool = Field(
        default=True, description="an edge host is asked first; the board's plan is the fallback"
    )
    host_lost: Literal["sort", "stop"] | None = Field(
        default=None,
        description="when the host is gone (unheard for 1 s): sort on by the board's own plan, or stop the line; "
        "without it one board sorts on, and several stop: they hand tracks over through the host",
    )
    host_lost_s: int = Field(
        default=0,
        ge=0,
        le=3600,
        description="stop: so long after that; until the host is back no start lasts longer",
    )
    relay_ms: int = Field(
        default=10,
        ge=1,
        le=1000,
        description="several boards: what the host takes at most for what one board tells another; sortyard's looks "
        "every 10 ms, and `sortyard link --status` tells how long hand-overs took",
    )
    recirculate: list[Literal["CHUTE_FULL", "CHUTE_DISABLED", "GATE_FAULT", "GAP_TOO_SMALL", "LATE_DATA"]] = (
        Field(
            default=["CHUTE_FULL", "CHUTE_DISABLED", "GATE_FAULT", "GAP_TOO_SMALL", "LATE_DATA"],
            description="reasons for another lap instead of the reject chute, where there is a loop",
        )
    )


class LinkPort(_Table):
    """How a board and its host speak: over USB, a UART of their own, or an RS-485 line that several boards share."""

    driver: LinkDriver = Field(default="usb", description="what carries the frames")
    pins: Pins = {}
    options: dict[str, Option] = Field(
        default={}, description="of its driver: the table OPTIONS of its file in firmware/sorter_io/links"
    )
    network_ms: int | None = Field(
        default=None,
        ge=1,
        le=1000,
        description="tcp: what a frame takes at most in the network; 40 without it, for a Wi-Fi of a few devices with "
        "some repetitions",
    )


class WiredLink(NamedTuple):
    """An ECU's link as a part that is wired to it."""

    name: str
    ecu: str
    driver: str
    pins: dict[str, str]
    options: dict[str, Option]


class Ecu(_Table):
    """A board. Of several each runs the gate logic of its zone: the stretch of the belt whose eyes and diverters are
    wired to it.
    """

    name: Name
    board: Name = Field(description="folder of the board in boards/, for example pico")
    role: Literal["line"] = Field(default="line", description="every board runs the gate logic")
    pins: Pins = Field(default={}, description="contacts of the operator: estop, reset, start, stop")
    encoder: Pins = Field(
        default={}, description="wires of the line's encoder, which every board with a zone counts: a, b"
    )
    link: LinkPort = LinkPort()

    @property
    def wired_link(self) -> WiredLink:
        """Its link, by the name that errors have for it."""
        port = self.link
        return WiredLink(f"of {self.name}", self.name, port.driver, port.pins, port.options)


class Expander(_Device):
    """A chain of chips that lends pins: how many, and which way, its driver says."""

    name: Name
    kind: ExpanderKind
    count: int = Field(default=1, ge=1, le=16, description="chips in the chain")


class Motor(_Device):
    """What drives the belt, the metering belt or the lane at the loop's end."""

    name: Name
    driver: MotorDriver = Field(default="vfd_modbus", description="how it is told what to do")
    drives: Literal["belt", "meter", "loop"] = "belt"
    address: int = Field(default=1, ge=1, le=247, description="on a bus that several motors share")


class Light(_Table):
    """A stack light: a red, an amber and a green lamp, and a horn. The line's program lights it; without a program the
    board that it is wired to shows by it what the line does."""

    name: Name
    ecu: Name | None = Field(default=None, description="the board that it is wired to, with pins")
    pins: Pins = Field(default={}, description="wires of its lamps: red, amber, green, buzzer")


class Program(_Table):
    """A program in Structured Text that runs beside the gate logic and asks it for starts, stops and the like.

    It names the line's parts as they are named here, with _ for -, and the line itself LINE.
    """

    file: str = Field(description="path of the program (*.st), relative to this file")
    dialect: Literal["strict", "codesys", "twincat"] = Field(
        default="strict", description="the standard, or what those vendors read as well"
    )
    watchdog_ms: int | None = Field(
        default=None,
        ge=1,
        le=60_000,
        description="longest run of a task on the board; a longer one stops the program",
    )
    map: dict[str, str] = Field(
        default={}, description='addresses: "%IX0.0" = "PE-END.BLOCKED", "%QX0.0" = "M-BELT.RUN"'
    )


class Line(_Table):
    """A whole sorter."""

    format: Literal[1] = Field(description="version of this file format")
    name: Name
    plan: str = Field(description="path of the sort plan, relative to this file")
    belt: Belt
    encoder: Encoder
    parcels: ParcelLimits = ParcelLimits()
    ecu: list[Ecu] = Field(min_length=1, max_length=16)
    expander: list[Expander] = []
    motor: list[Motor] = []
    eye: list[Eye] = Field(min_length=1, max_length=160)
    scanner: list[Scanner] = Field(min_length=1, max_length=4)
    diverter: list[Diverter] = Field(min_length=1, max_length=80)
    chute: list[Chute] = Field(min_length=2, max_length=96)
    light: list[Light] = Field(default=[], max_length=16)
    recirculation: Recirculation | None = None
    infeed_meter: InfeedMeter | None = None
    policy: Policy = Policy()
    program: Program | None = None
