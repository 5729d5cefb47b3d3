"""From power-up to the loop: configuration, parts, watchdog; and what happens when something is wrong.

An ECU whose configuration cannot be used, or is for another chip, stays in safe mode: it drives nothing and says why
over the link. A reset that the host asks for makes it try again: nothing moves before somebody starts the line.
One whose configuration can be used, but whose program has failed again and again, heeds its reset button as well.
An exception in the loop puts every output into its safe state, tells the host, and lets the watchdog restart
the board. A turn that takes longer than its period is counted; a loop that does not keep up any more is as bad as an
exception. What has gone wrong is kept over resets, and told to the host at the next boots (`fault_log`). A board that
has started MOST_ATTEMPTS times and never kept up for long stays in safe mode, until it is reset or without power.
"""

import gc
import time
from time import sleep_us, ticks_us

import micropython
from micropython import const
from sorter_io.chip import board, keep, kept, name, number, read_inputs
from sorter_io.links.usb import Usb
from sorter_io.watchdog import Watchdog, reset_cause, restart

from sorter_core import messages
from sorter_core.slots import Slots
from sorter_ecu.boots import count
from sorter_ecu.control import Control
from sorter_ecu.fault_log import FAILED, Keeper, recall, record, told
from sorter_ecu.image import ImageError, load
from sorter_ecu.link import Link
from sorter_ecu.parts import Parts, make
from sorter_ecu.spent import forget

VERSION = "0.1.0"
WATCHDOG_MS = const(500)

_IMAGE = "/ecu.img"
_ROLE_LINE = const(0)
_SAFE_MODE = const(255)
_LEVEL_ERROR = const(3)
_MASK = const(0x0FFFFFFF)
_FEED_TURNS = const(16)
_MOST_MORE = const(8)
_ROOM_US = const(400)
_FEEDS_A_REPORT = const(64)
_FEEDS_TO_A_LOOK = const(32)  # at what is to be kept: that is not a report's turn
_MOST_LATE = const(8)  # of 16 to 24 turns; more of them are no health, and feed no watchdog
_MOST_SICK = const(4)
_HEALTHY_REPORTS = const(10)
MOST_ATTEMPTS = const(3)
_NOBODY = {"line": "-", "ecu": "-", "hash": "-"}
_BOOT = const(1)  # place of its number in the gate logic's configuration
_BITE = const(3)  # cause of a reset
_ORDERED = const(255)  # kept in the place of attempts over a reset that the host has asked for
_RESET = const(10)
_LEVEL_INFO = const(1)
_PARTING_TURNS = const(100)
_WELDED_TURNS = const(1000)
_MAKER = "Raspberry Pi "
_LEAST_US = const(100)
_MOST_US = const(30000)  # the watchdog wants to be fed after 16 of them
_TOO_SLOW = "the control loop does not keep up"


class Pace:
    """When the loop's turns are due; how many of them took longer than a period, and the longest, microseconds."""

    def __init__(self, period_us):
        if not _LEAST_US <= period_us <= _MOST_US:
            raise ValueError("a turn of " + str(period_us) + " us")
        self.period_us = period_us
        self.overruns = 0
        self.worst_us = 0
        self._due = 0

    def begin(self):
        """The first turn is due a period from now."""
        self._due = (ticks_us() + self.period_us) & _MASK

    def run(self, turn, turns):
        """Call `turn` so many times, each with the time at which it is due, modulo 2^28; sleep before each one.

        The last one leaves some time for what comes in between, or is late anyway; if none does for long, there are
        _MOST_MORE more.
        """
        ticks = ticks_us
        sleep = sleep_us
        period = self.period_us
        worst = self.worst_us
        due = self._due
        # the stubs hide that ticks are integers
        left = (due - ticks()) & _MASK  # pyright: ignore[reportOperatorIssue]
        if left > period:
            left = 0
        while turns > 0 or (0 < left < _ROOM_US and turns > -_MOST_MORE):
            turns -= 1
            sleep(left)
            turn(due)
            took = (ticks() - due) & _MASK  # pyright: ignore[reportOperatorIssue]
            if took > worst:
                worst = took
            left = period - took
            if left < 0:
                # The next one is due at once; a late turn, too, lets the port do its own work.
                self.overruns += 1
                due += took - period
                left = 0
            due = (due + period) & _MASK
        self.worst_us = worst
        self._due = due


def run():
    """Run the ECU for ever."""
    made = set_up()
    if made is not None:
        forget()
        gc.collect()
        keep_on(*made)


def set_up():
    """Control and pace of an ECU that has all its parts; None once it has been in safe mode."""
    attempts = kept()
    boot = count()
    recall(reset_cause() == _BITE and attempts != _ORDERED)
    try:
        image = load(_IMAGE)
        _judge_chip(image.parts)
        wire = make(image.parts["link"])
    except Exception as error:
        return _safe_mode(Usb({}, {"console_baud": 0}), boot, _why(error))
    if attempts == _ORDERED:
        attempts = 0
    try:
        if attempts >= MOST_ATTEMPTS:
            text = "started " + str(attempts) + " times, failed each time; reset it"
            return _safe_mode(wire, boot, text, make(image.parts["contacts"]))
        made = _made(image, wire, boot)
    except Exception as error:
        return _safe_mode(wire, boot, _why(error))
    keep(attempts + 1)
    return made


def _made(image, wire, boot):
    """Control and pace; whatever is wrong with a configuration that is whole shows here, by any exception."""
    parts = Parts(image.parts)
    image.gates[_BOOT] = boot
    control = Control(parts, image, wire)
    _introduce(control.link, image.parts, boot)
    for eye in parts.eyes:
        eye.look()
    return control, Pace(parts.period_us)


def _why(error):
    """In words: an error that this firmware has not foreseen is told with its kind."""
    if isinstance(error, (ImageError, ValueError)):
        return str(error)
    return type(error).__name__ + ": " + str(error)


def keep_on(control, pace):
    """Turn after turn, until something goes wrong."""
    watchdog = Watchdog(WATCHDOG_MS)
    try:
        _loop(control, pace, watchdog)
        reason = _TOO_SLOW
        record(FAILED, 1, control.turns // 1000)
    except Exception as error:
        micropython.heap_unlock()
        record(FAILED, 0, control.turns // 1000)
        reason = type(error).__name__ + ": " + str(error)
    control.safe()
    _last_words(control, pace, reason)


def _judge_chip(parts):
    """Pins have other meanings on another chip, some on another board. Raises ImageError."""
    if "chip" not in parts:
        raise ImageError("configuration of an older version, without a chip")
    if parts["chip"] != name():
        raise ImageError("configuration for " + parts["chip"] + ", this board is " + name())
    machine = parts.get("machine")  # not where any board with the chip will do
    if machine and machine != board():
        text = "configuration for " + machine + ", this board is " + board()
        raise ImageError(text.replace(_MAKER, ""))  # a text of the link is short


def _loop(control, pace, watchdog):
    """Turn after turn, until they come late for too long."""
    left = _FEEDS_A_REPORT
    turn = control.turn
    run = pace.run
    care = control.link.care
    keeper = Keeper()
    late = sick = reports = garbage = 0
    micropython.heap_lock()
    pace.begin()
    while sick < _MOST_SICK:
        run(turn, _FEED_TURNS)
        if care is not None:
            micropython.heap_unlock()
            garbage |= care()
            micropython.heap_lock()
        if pace.overruns - late > _MOST_LATE:
            sick += 1
        else:
            sick = 0
            watchdog.feed()
        late = pace.overruns
        left -= 1
        if not left:
            left = _FEEDS_A_REPORT
            control.report(pace.overruns, pace.worst_us)
            pace.worst_us = 0
            reports += 1
            if reports == _HEALTHY_REPORTS:
                keep(0)
        elif left == _FEEDS_TO_A_LOOK and keeper.is_at_rest(control.logic.state, control.logic.position):
            is_time = keeper.is_time()
            if is_time or garbage:
                sleep_us(pace.period_us)  # it is work of its own, not a turn's rest
                if is_time:
                    keeper.save()
                else:
                    garbage = 0
                    _collect()
                pace.begin()  # turns that were due meanwhile are none
    micropython.heap_unlock()


def _collect():
    """What connections have left behind, before there is so much of it that the port does so while the line runs."""
    micropython.heap_unlock()
    gc.collect()
    micropython.heap_lock()


def _last_words(control, pace, text):
    """Outputs are safe; go on talking, to the host and to the drive, until the watchdog bites."""
    link = control.link
    link.statistics(pace.overruns, pace.worst_us, control.parts.ring.lost, 0)
    link.say(_LEVEL_ERROR, text)

    def talk(ticks):
        link.turn += 1
        if control.parts.belt is not None:
            control.parts.belt.poll(ticks)
        _talk(link)

    while True:
        pace.run(talk, 1)


def _safe_mode(wire, boot, text, contacts=None):
    """Until the host asks for a reset or, where `contacts` are known, somebody presses the button for it."""
    link = Link(wire, Slots(2), ticks_us, 64)
    _introduce(link, _NOBODY, boot)
    link.say(_LEVEL_ERROR, "safe mode: " + text)
    who = ""
    while not who:
        if _serves_a_reset(link):
            who = "the host"
        elif contacts is not None and _is_pressed(contacts, link.turn):
            who = "its button"
    link.say(_LEVEL_INFO, "reset by " + who)
    for _ in range(_PARTING_TURNS):
        _serves_a_reset(link)
    keep(_ORDERED)
    restart()


def _is_pressed(contacts, turn):
    """Whether the reset button has just been pressed; one that is down from the beginning may be welded."""
    is_told = contacts.poll(read_inputs())
    return is_told and contacts.kind == _RESET and turn > _WELDED_TURNS


def _serves_a_reset(link):
    """A millisecond of safe mode; whether the host asks for a reset in it."""
    is_told = _talk(link)
    time.sleep_ms(1)
    link.turn += 1
    return is_told and link.kind == messages.COMMAND and link.values[0] == _RESET


def _talk(link):
    """A turn for the link, of a board that does nothing else; whether the host has said something."""
    link.serve(_SAFE_MODE, 0, 0)
    is_told = link.receive()
    if link.care is not None and not link.turn & (_FEED_TURNS - 1):
        link.care()
    return is_told


def _introduce(link, parts, boot):
    words = (parts["line"], parts["ecu"], VERSION, parts["hash"], number())
    link.introduce(_ROLE_LINE, reset_cause(), boot, " ".join(words))
    for boots_ago, code, index, detail in told():
        link.recall(boots_ago, code, index, detail)
