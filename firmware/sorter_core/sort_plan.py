"""A sort plan as a compiled table: code bytes -> chute group and priority, without allocation.

The answer is an integer in the form in which the gate logic takes it with a read: low byte 0 = no rule,
1..200 = group number + 1, 255 = only the host can decide; plus priority * 256 (0..255).

Table (array('i'); array('h') on a board where all its numbers fit), one part after the other without gaps:
  header          14 numbers, see the names below
  entries         66: the first instruction for codes of length 0..64, and for longer ones
  instructions    4 each: operation, argument, next if yes, next if no (always further on, so it ends)
                  ANSWER answer | FORM form | KEYS list | LOOKUP list (the answer of the entry that is hit);
                  ANSWER's are signed, so that 16 bits hold them; KEYS and LOOKUP compare the code's beginning, as
                  wide as the list
  forms           10 each: code length, runs (place in the blob, number), check or -1, its first character,
                  number of characters, place of the check character, weights (place in the blob),
                  list of allowed texts or -1, their place in the code
  lists           5 each: place in the blob, width, number of entries, has an end (entries are from + to),
                  answers (place in the blob, two bytes each, low first) or -1
  checks          5 each: kind, modulus, start of the sum, check characters (place in the blob), UPS letters
Blob (bytes): sets of 16 bytes (a bit for each of the characters 0..127); runs of 3 bytes (kind, first place,
count; the kind is a character, of which a run has one, or a class of barcode.py, or 131 + number of a set);
weights, check characters, sorted lists.
"""

from array import array

from .barcode import hybrid_check, hybrid_product, is_made_of, value_of, weighted_sum

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


MAGIC = const(0x5350)
VERSION = const(2)
MAX_LENGTH = const(64)
MAX_GROUPS = const(200)

HEADER_SIZE = const(14)
H_MAGIC = const(0)
H_VERSION = const(1)
H_TABLE_SIZE = const(2)
H_BLOB_SIZE = const(3)
H_CRC = const(4)  # two numbers: its 12 low bits and its 12 high ones
H_GROUPS = const(6)
H_INSTRUCTIONS = const(7)
H_FORMS = const(8)
H_LISTS = const(9)
H_CHECKS = const(10)
H_SETS = const(11)  # the last two numbers are 0

ENTRIES = const(MAX_LENGTH + 2)
INSTRUCTION_SIZE = const(4)
FORM_SIZE = const(10)
LIST_SIZE = const(5)
CHECK_SIZE = const(5)
RUN_SIZE = const(3)
SET_SIZE = const(16)

ANSWER = const(0)
FORM = const(1)
KEYS = const(2)
LOOKUP = const(3)

CHECK_WEIGHTED = const(0)
CHECK_DIGIT_SUM = const(1)
CHECK_HYBRID = const(2)

DIGITS = const(128)  # the number of a run of digits in barcode.py
FIRST_SET = const(131)

NO_RULE = const(0)
HOST_ONLY = const(255)

OK = const(0)
NOT_LOADED = const(1)
TOO_SHORT = const(2)
WRONG_MAGIC = const(3)
WRONG_VERSION = const(4)
WRONG_SIZE = const(5)
WRONG_CRC = const(6)
WRONG_STRUCTURE = const(7)

CHARACTERS = const(32)
TEXT_CHARACTERS = const(8)  # texts are short, and halving a list has its own cost
CHECK_CHARACTERS = const(12)

_MOST = const(0xFFFFF)
_UNFINISHED = const(-2)
_TEXT = const(1)
_CHECK = const(2)
_CRC_POLYNOMIAL = const(0x864CFB)


def _crc_table():
    table = array("i", bytes(4 * 256))
    for byte in range(256):
        crc = byte << 16
        for _ in range(8):
            crc = (crc << 1) ^ _CRC_POLYNOMIAL if crc & 0x800000 else crc << 1
            crc &= 0xFFFFFF
        table[byte] = crc
    return table


def crc24(table, first, blob):
    """CRC-24 (polynomial 864CFB, start B704CE) of the table's numbers from `first` on, 4 bytes each, low
    byte first, and then of the blob."""
    crcs = _crc_table()  # not kept: a plan is loaded once
    crc = 0xB704CE
    size = len(table)
    at = first
    while at < size:
        number = table[at]
        shift = 0
        while shift < 32:
            crc = crcs[(crc >> 16) ^ ((number >> shift) & 255)] ^ ((crc & 0xFFFF) << 8)
            shift += 8
        at += 1
    size = len(blob)
    at = 0
    while at < size:
        crc = crcs[(crc >> 16) ^ blob[at]] ^ ((crc & 0xFFFF) << 8)
        at += 1
    return crc


class SortPlan:
    """Load once, then `decide` for every read. A plan that was refused has no rule for any code."""

    def __init__(self):
        self.error = NOT_LOADED
        self._table = array("i", [0])
        self._blob = b"\0"
        self._instructions = 0
        self._forms = 0
        self._lists = 0
        self._checks = 0
        self._is_digits = 0
        self._length = 0
        self._step = -1
        self._is_finding = 0
        self._part = 0  # of a form that is to be looked at next
        self._summed = 0  # characters of its check
        self._sum = 0
        self._start = 0
        self._offset = 0
        self._width = 0
        self._is_range = 0
        self._low = 0
        self._high = 0

    def load(self, table, blob):
        """Take a table (array('i')) and its blob (bytes); both are kept. Returns the error code, 0 = OK.

        Everything that `decide` follows is checked here, so that no table can lead it out of its buffers.
        """
        self._table = table
        self._blob = blob
        self._step = -1
        self.error = self._header_error()
        if self.error == OK and not self._is_sound():
            self.error = WRONG_STRUCTURE
        return self.error

    def decide(self, code, length):
        """The answer for the first `length` bytes of `code` (a bytes-like buffer)."""
        self.begin(code, length)
        answer = -1
        while answer < 0:
            answer = self.go_on(code)
        return answer

    def begin(self, code, length):
        """Begin a decision that `go_on` makes, an instruction a call, for a loop that has no time for all at once."""
        if length > len(code):
            length = len(code)
        if length < 0:
            length = 0
        self._length = length
        self._step = -1
        self._is_finding = 0
        self._part = 0
        if self.error == OK:
            self._is_digits = is_made_of(code, 0, length, DIGITS)
            self._step = self._table[HEADER_SIZE + (length if length <= MAX_LENGTH else MAX_LENGTH + 1)]

    def go_on(self, code):
        """Go on with the code that was begun with: its answer, -1 while there is none.

        An instruction a call, or a part of one: a form's characters, CHECK_CHARACTERS of its check, so many of its
        texts as have TEXT_CHARACTERS characters, so many entries of a long list as have CHARACTERS, or one.
        """
        step = self._step
        if step < 0:
            return NO_RULE
        at = self._instructions + INSTRUCTION_SIZE * step
        operation = self._table[at]
        argument = self._table[at + 1]
        if operation == ANSWER:
            return argument & 0xFFFF
        if operation == FORM:
            is_hit = self._has_form(code, self._length, argument)
            if is_hit == _UNFINISHED:
                return -1
        else:
            if not self._is_finding:
                self._begin_find(0, self._length, argument)
            place = self._go_on_finding(code, CHARACTERS)
            if place == _UNFINISHED:
                return -1
            if operation == LOOKUP and place >= 0:
                return self._answer(argument, place)
            is_hit = 1 if place >= 0 else 0
        self._step = self._table[at + 2 if is_hit else at + 3]
        return -1

    def _has_form(self, code, length, form):
        """1 if the code has the form: characters, then allowed text, then check character, each in calls of its own;
        _UNFINISHED while there is more to look at."""
        table = self._table
        at = self._forms + FORM_SIZE * form
        part = self._part
        self._part = 0
        if part == _CHECK:
            return self._go_on_checking(code, at)
        if part == _TEXT:
            if not self._is_finding:
                self._begin_find(table[at + 9], length, table[at + 8])
            place = self._go_on_finding(code, TEXT_CHARACTERS)
            if place == _UNFINISHED:
                self._part = _TEXT
                return _UNFINISHED
            if place < 0:
                return 0
        elif not self._has_characters(code, length, at):
            return 0
        elif table[at + 8] >= 0:
            self._part = _TEXT
            return _UNFINISHED
        if table[at + 3] < 0:
            return 1
        self._begin_check(at)
        return _UNFINISHED

    def _has_characters(self, code, length, at):
        """1 if the code is as long as the form at table[at], and of its characters."""
        table = self._table
        blob = self._blob
        if table[at] != length:
            return 0
        run = table[at + 1]
        end = run + RUN_SIZE * table[at + 2]
        while run < end:
            kind = blob[run]
            if kind < DIGITS:
                if code[blob[run + 1]] != kind:
                    return 0
            elif kind > DIGITS or not self._is_digits:
                if not self._has_run(code, kind, blob[run + 1], blob[run + 2]):
                    return 0
            run += RUN_SIZE
        return 1

    def _has_run(self, code, kind, start, count):
        """1 if `count` characters from `start` are of a class of barcode.py or in a set."""
        if kind < FIRST_SET:
            return is_made_of(code, start, count, kind)
        bits = SET_SIZE * (kind - FIRST_SET)
        for at in range(start, start + count):
            char = code[at]
            if char > 127 or not self._blob[bits + (char >> 3)] >> (char & 7) & 1:
                return 0
        return 1

    def _begin_check(self, form_at):
        """Begin the check that `_go_on_checking` makes."""
        at = self._checks + CHECK_SIZE * self._table[form_at + 3]
        self._part = _CHECK
        self._summed = 0
        self._sum = self._table[at + 1] if self._table[at] == CHECK_HYBRID else self._table[at + 2]

    def _go_on_checking(self, code, form_at):
        """1 if the form's check character is right, 0 if it is not, _UNFINISHED while characters are left."""
        table = self._table
        at = self._checks + CHECK_SIZE * table[form_at + 3]
        start = table[form_at + 4] + self._summed
        left = table[form_at + 5] - self._summed
        count = left if left < CHECK_CHARACTERS else CHECK_CHARACTERS
        total = self._add(code, start, count, at, table[form_at + 7] + self._summed)
        if total < 0:
            return 0
        if count < left:
            self._part = _CHECK
            self._summed += count
            self._sum = total
            return _UNFINISHED
        char = code[table[form_at + 6]]
        modulus = table[at + 1]
        if table[at] == CHECK_HYBRID:
            return 1 if hybrid_check(total, modulus) == value_of(char) else 0
        return 1 if char == self._blob[table[at + 3] + total % modulus] else 0

    def _add(self, code, start, count, check_at, weights_at):
        """The sum of the check that was begun with `count` more characters; -1 if one has no value in it."""
        table = self._table
        kind = table[check_at]
        if kind == CHECK_HYBRID:
            return hybrid_product(code, start, count, table[check_at + 1], self._sum)
        is_digit_sum = kind == CHECK_DIGIT_SUM
        more = weighted_sum(code, start, count, self._blob, weights_at, is_digit_sum, table[check_at + 4])
        return -1 if more < 0 else self._sum + more

    def _begin_find(self, start, length, texts):
        """Begin a search that `_go_on_finding` makes."""
        table = self._table
        at = self._lists + LIST_SIZE * texts
        self._is_finding = 1
        self._start = start
        self._offset = table[at]
        self._width = table[at + 1]
        self._is_range = table[at + 3]
        self._low = 0
        self._high = -1
        if self._width <= length - start:
            self._high = table[at + 2] - 1

    def _go_on_finding(self, code, characters):
        """Halve the list until the entry is found or `characters` have been looked at: its place, -1 if there is
        none, _UNFINISHED."""
        width = self._width
        stride = 2 * width if self._is_range else width
        low = self._low
        high = self._high
        while low <= high:
            if characters <= 0:
                self._low = low
                self._high = high
                return _UNFINISHED
            characters -= width
            middle = (low + high) >> 1
            order = self._compare(code, self._start, self._offset + stride * middle, width)
            if order == 0:
                high = low = middle
                break
            if order < 0:
                high = middle - 1
            else:
                low = middle + 1
        self._is_finding = 0
        if low <= high:
            return high
        at = self._offset + stride * high + width
        if self._is_range and high >= 0 and self._compare(code, self._start, at, width) <= 0:
            return high
        return -1

    def _compare(self, code, start, at, width):
        blob = self._blob
        width += at
        while at < width:
            order = code[start] - blob[at]
            if order:
                return order
            start += 1
            at += 1
        return 0

    def _answer(self, texts, place):
        at = self._table[self._lists + LIST_SIZE * texts + 4] + 2 * place
        return self._blob[at] + 256 * self._blob[at + 1]

    def _header_error(self):
        table = self._table
        if len(table) < HEADER_SIZE + ENTRIES:
            return TOO_SHORT
        if table[H_MAGIC] != MAGIC:
            return WRONG_MAGIC
        if table[H_VERSION] != VERSION:
            return WRONG_VERSION
        if table[H_TABLE_SIZE] != len(table) or table[H_BLOB_SIZE] != len(self._blob):
            return WRONG_SIZE
        crc = crc24(table, H_GROUPS, self._blob)
        if table[H_CRC] != crc & 0xFFF or table[H_CRC + 1] != crc >> 12:
            return WRONG_CRC
        at = H_GROUPS
        while at < HEADER_SIZE:
            if table[at] < 0 or table[at] > _MOST:
                return WRONG_STRUCTURE
            at += 1
        self._instructions = HEADER_SIZE + ENTRIES
        self._forms = self._instructions + INSTRUCTION_SIZE * table[H_INSTRUCTIONS]
        self._lists = self._forms + FORM_SIZE * table[H_FORMS]
        self._checks = self._lists + LIST_SIZE * table[H_LISTS]
        if self._checks + CHECK_SIZE * table[H_CHECKS] != len(table):
            return WRONG_SIZE
        return OK

    def _is_sound(self):
        table = self._table
        if table[H_GROUPS] > MAX_GROUPS or not self._fits(0, table[H_SETS], SET_SIZE):
            return 0
        at = HEADER_SIZE
        while at < HEADER_SIZE + ENTRIES:
            if not self._is_below(table[at], table[H_INSTRUCTIONS]):
                return 0
            at += 1
        at = 0
        while at < table[H_CHECKS]:
            if not self._is_sound_check(self._checks + CHECK_SIZE * at):
                return 0
            at += 1
        at = 0
        while at < table[H_LISTS]:
            if not self._is_sound_list(self._lists + LIST_SIZE * at):
                return 0
            at += 1
        at = 0
        while at < table[H_FORMS]:
            if not self._is_sound_form(self._forms + FORM_SIZE * at):
                return 0
            at += 1
        at = 0
        while at < table[H_INSTRUCTIONS]:
            if not self._is_sound_instruction(at):
                return 0
            at += 1
        return 1

    def _is_below(self, number, limit):
        return number >= 0 and number < limit

    def _fits(self, offset, count, size):
        """Whether `count` pieces of `size` bytes (at most 128) from `offset` are inside the blob."""
        if offset < 0 or offset > len(self._blob) or count < 0 or count > _MOST:
            return 0
        return count * size <= len(self._blob) - offset

    def _is_answer(self, answer):
        low = answer & 255
        return answer >= 0 and answer <= 65535 and (low == HOST_ONLY or low <= self._table[H_GROUPS])

    def _is_sound_instruction(self, step):
        table = self._table
        at = self._instructions + INSTRUCTION_SIZE * step
        operation = table[at]
        argument = table[at + 1]
        if operation == ANSWER:
            return argument >= -0x8000 and argument < 0x8000 and self._is_answer(argument & 0xFFFF)
        if operation == FORM:
            if not self._is_below(argument, table[H_FORMS]):
                return 0
        elif operation == KEYS or operation == LOOKUP:
            if not self._is_below(argument, table[H_LISTS]):
                return 0
            if operation == LOOKUP and table[self._lists + LIST_SIZE * argument + 4] < 0:
                return 0
        else:
            return 0
        last = table[H_INSTRUCTIONS]
        yes = table[at + 2]
        no = table[at + 3]
        return yes > step and yes < last and no > step and no < last

    def _is_sound_form(self, at):
        table = self._table
        length = table[at]
        if length < 1 or length > MAX_LENGTH or not self._fits(table[at + 1], table[at + 2], RUN_SIZE):
            return 0
        run = table[at + 1]
        end = run + RUN_SIZE * table[at + 2]
        while run < end:
            if self._blob[run] >= FIRST_SET + table[H_SETS]:
                return 0
            if self._blob[run + 2] < 1 or self._blob[run + 1] + self._blob[run + 2] > length:
                return 0
            run += RUN_SIZE
        texts = table[at + 8]
        if texts >= 0 and not (texts < table[H_LISTS] and self._is_below(table[at + 9], length)):
            return 0
        check = table[at + 3]
        if check < 0:
            return 1
        if check >= table[H_CHECKS] or not self._is_below(table[at + 4], length):
            return 0
        if not self._is_below(table[at + 5], length - table[at + 4] + 1):
            return 0
        if not self._is_below(table[at + 6], length):
            return 0
        if table[self._checks + CHECK_SIZE * check] == CHECK_HYBRID:
            return 1
        return self._fits(table[at + 7], table[at + 5], 1)

    def _is_sound_list(self, at):
        table = self._table
        width = table[at + 1]
        count = table[at + 2]
        if (
            width < 1
            or width > MAX_LENGTH
            or not self._fits(table[at], count, 2 * width if table[at + 3] else width)
        ):
            return 0
        answers = table[at + 4]
        if answers < 0:
            return 1
        if not self._fits(answers, count, 2):
            return 0
        place = 0
        while place < count:
            if not self._is_answer(
                self._blob[answers + 2 * place] + 256 * self._blob[answers + 2 * place + 1]
            ):
                return 0
            place += 1
        return 1

    def _is_sound_check(self, at):
        table = self._table
        modulus = table[at + 1]
        if not self._is_below(table[at], CHECK_HYBRID + 1) or modulus < 2 or modulus > 36:
            return 0
        if table[at] == CHECK_HYBRID:
            return 1
        return self._is_below(table[at + 2], _MOST) and self._fits(table[at + 3], modulus, 1)
