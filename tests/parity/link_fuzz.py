"""Random, damaged and hostile bytes for the frame decoder; runs on CPython and, the same file, on MicroPython.

For campaigns (fuzz.py), and for tests: what does not hold is an AssertionError. After every input a whole frame must be
understood at once: that is what "resynchronises within one frame" means.
"""

from array import array

from sorter_core import frames, messages

KINDS = 7
INPUT_BYTES = 300


class Lcg:
    """Random numbers that fit a small integer of a 32-bit board."""

    def __init__(self, seed):
        self.state = seed & 0x3FFFFF

    def __call__(self, limit):
        """A number from 0 to limit - 1; limit at most 256."""
        self.state = (self.state * 93 + 13849) & 0x3FFFFF
        return (self.state >> 12) * limit >> 10


class Fuzz:
    """One decoder, fed with one input after the other; `digest` sums up everything that it has said."""

    def __init__(self, draw):
        self.draw = draw
        self.reader = frames.FrameReader()
        self.writer = frames.FrameWriter(3)
        self.probe = frames.FrameWriter(9)
        self.values = array("i", bytes(4 * messages.MOST_FIELDS))
        self.buffer = bytearray(INPUT_BYTES)
        self.digest = 0xFFFF
        self.accepted = 0

    def note(self, number):
        """Put a number into the digest."""
        self.digest = frames.CRC_TABLE[(self.digest ^ number) & 255] ^ (self.digest >> 8)

    def frame(self, at):
        """Append a well-formed frame with random contents to the buffer; returns its end."""
        draw, writer = self.draw, self.writer
        length = draw(16) if draw(4) else draw(129)
        for i in range(length):
            writer.body[frames.HEAD + i] = draw(256) if draw(3) else 0
        size = writer.write(draw(20), draw(16), draw(256), draw(256), length)
        if at + size > INPUT_BYTES:
            return at
        self.buffer[at : at + size] = writer.out[:size]
        return at + size

    def make(self):
        """Fill the buffer with the next input; returns its size."""
        draw, buffer = self.draw, self.buffer
        how = draw(KINDS)
        if how < 2:  # noise, of any bytes or of few
            size = draw(40) if how else draw(256)
            for i in range(size):
                buffer[i] = draw(256) if draw(2) else draw(4)
            return size
        size = self.frame(0)
        if how == 2:
            size = self.frame(size)
        elif how == 3:  # bits flipped
            for _ in range(1 + draw(4)):
                buffer[draw(256) % size] ^= 1 << draw(8)
        elif how == 4:  # cut off
            size = draw(256) % size
        elif how == 5:  # a byte lost or doubled
            place = draw(256) % size
            if draw(2):
                buffer[place : size - 1] = buffer[place + 1 : size]
                size -= 1
            else:
                buffer[place + 1 : size + 1] = buffer[place:size]
                size += 1
        else:  # two frames, the second without its beginning
            half = self.frame(size)
            place = size + draw(1 + min(half - size, 255))
            buffer[size : size + half - place] = buffer[place:half]
            size += half - place
        return size

    def read(self, buffer, size):
        """Feed in pieces and note every frame; returns how many there were."""
        reader, draw = self.reader, self.draw
        at = found = 0
        while at < size:
            end = min(size, at + 1 + draw(60))
            while at < end:
                at = reader.feed(buffer, at, end)
                if reader.is_ready:
                    found += 1
                    self.take()
        return found

    def take(self):
        """Note the frame that the reader holds."""
        reader, values = self.reader, self.values
        for number in (reader.kind, reader.flags, reader.address, reader.sequence, reader.ack, reader.length):
            self.note(number)
        used = messages.unpack(reader.body, reader.kind, reader.length, values)
        assert -1 <= used <= reader.length <= frames.MAX_PAYLOAD
        self.note(used)
        if used >= 0:
            for i in range(len(messages.widths(reader.kind))):
                assert 0 <= values[i] < 1 << 30
                self.note(values[i])

    def turn(self):
        """One input, and a whole frame behind it that has to come out as it went in."""
        size = self.make()
        self.accepted += self.read(self.buffer, size)
        probe, reader = self.probe, self.reader
        number = self.draw(256)
        probe.body[frames.HEAD] = number
        size = probe.write(messages.LOG, frames.RELIABLE, number, 255 - number, 1)
        assert self.read(probe.out, size) >= 1
        told = (reader.is_ready, reader.address, reader.kind, reader.length, reader.sequence, reader.ack)
        assert told == (1, 9, messages.LOG, 1, number, 255 - number)
        assert reader.body[frames.HEAD] == number


def campaign(draw, inputs):
    """Run `inputs` inputs; returns (accepted frames, damaged ones, digest)."""
    fuzz = Fuzz(draw)
    for _ in range(inputs):
        fuzz.turn()
    return fuzz.accepted, fuzz.reader.bad, fuzz.digest
