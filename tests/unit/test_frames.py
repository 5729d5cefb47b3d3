"""The link's frames: what is written is read, whatever stood before it, and nothing else is."""

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.link_fuzz import Lcg, campaign
from sorter_core import frames, messages
from sorter_core.frames import HEAD, MAX_PAYLOAD, FrameReader, FrameWriter, crc16

PAYLOADS = st.binary(max_size=MAX_PAYLOAD)
BYTES = st.integers(0, 255)
ANY_INT = st.integers(-(2**31), 2**31 - 1)


def written(payload, kind=4, flags=0, sequence=0, ack=0, address=0):
    writer = FrameWriter(address)
    writer.body[HEAD : HEAD + len(payload)] = payload
    return bytes(writer.out[: writer.write(kind, flags, sequence, ack, len(payload))])


def read(reader, data):
    """Every frame in `data`: (kind, flags, sequence, ack, address, payload)."""
    found, at = [], 0
    while at < len(data):
        at = reader.feed(data, at, len(data))
        if reader.is_ready:
            payload = bytes(reader.body[HEAD : HEAD + reader.length])
            found.append(
                (reader.kind, reader.flags, reader.sequence, reader.ack, reader.address, payload),
            )
    return found


def test_the_crc_is_that_of_modbus():
    # the check value of CRC-16/MODBUS, and the CRC that closes a frame to zero
    assert crc16(b"123456789", 0, 9) == 0x4B37
    assert crc16(b"123456789\x37\x4b", 0, 11) == 0


def test_a_frame_as_it_stands_on_the_wire():
    # 10 00 05 07 00 | 2a 00: version 1, address 0, kind 5, sequence 7, ack 0, payload 2a 00
    crc = crc16(b"\x10\x00\x05\x07\x00\x2a\x00", 0, 7)
    stuffed = bytes([0, 2, 0x10, 3, 5, 7, 2, 0x2A, 3, crc & 255, crc >> 8, 0])
    assert written(b"\x2a\x00", kind=5, sequence=7) == stuffed


@given(PAYLOADS, BYTES, st.integers(0, 15), BYTES, BYTES, BYTES)
def test_what_is_written_is_read(payload, kind, flags, sequence, ack, address):
    data = written(payload, kind, flags, sequence, ack, address)
    assert 0 not in data[1:-1]
    assert len(data) == len(payload) + 10
    assert read(FrameReader(), data) == [(kind, flags, sequence, ack, address, payload)]


@given(st.binary(max_size=400), PAYLOADS, st.lists(st.integers(1, 50)))
def test_a_whole_frame_is_understood_whatever_stands_before_it_and_in_any_pieces(noise, payload, pieces):
    reader, data, found, at = FrameReader(), noise + written(payload, 9), [], 0
    for size in [*pieces, len(data)]:
        found += read(reader, data[at : at + size])
        at += size
    assert found[-1] == (9, 0, 0, 0, 0, payload)


@given(PAYLOADS, st.data())
def test_a_frame_with_up_to_three_wrong_bits_is_never_taken(payload, data):
    # the distance of this CRC is 4; where a wrong bit makes a 0 and cuts the frame, chance is 2^-20 a piece
    clean = written(payload)
    places = data.draw(st.sets(st.integers(8, 8 * len(clean) - 9), min_size=1, max_size=3))
    dirty = bytearray(clean)
    for place in places:
        dirty[place // 8] ^= 1 << place % 8
    assert read(FrameReader(), dirty) == []


def test_a_frame_of_another_version_or_too_long_is_counted_and_the_next_one_is_read():
    body = b"\x20\x00\x04\x07\x01"
    body += crc16(body, 0, len(body)).to_bytes(2, "little")
    other = b"\0" + b"".join(bytes([len(run) + 1]) + run for run in body.split(b"\0")) + b"\0"
    reader = FrameReader()
    assert read(reader, other + b"\x01" * 500 + written(b"next")) == [(4, 0, 0, 0, 0, b"next")]
    assert (reader.frames, reader.bad, reader.foreign) == (1, 2, 2)


@given(PAYLOADS, st.integers(1, 60))
def test_a_frame_that_is_made_in_slices_is_the_same(payload, most):
    writer = FrameWriter()
    writer.body[HEAD : HEAD + len(payload)] = payload
    writer.begin(4, 0, 0, 0, len(payload))
    turns = 1
    while not writer.go_on(most):
        turns += 1
    assert bytes(writer.out[: writer.size]) == written(payload)
    assert turns == -(-(len(payload) + 7) // most)


def test_zeros_between_frames_are_silence():
    reader = FrameReader()
    assert len(read(reader, bytes(20) + written(b"a") + bytes(3) + written(b"b") + bytes(2))) == 2
    assert reader.bad == 0


def test_a_payload_that_is_too_long_is_cut():
    writer = FrameWriter()
    size = writer.write(4, 0, 0, 0, 10_000)
    assert size == frames.MAX_FRAME == len(writer.out)
    assert writer.write(4, 0, 0, 0, -5) == 10


@given(
    st.sampled_from(sorted(messages.FIELDS)),
    st.lists(ANY_INT, min_size=messages.MOST_FIELDS, max_size=messages.MOST_FIELDS),
    st.binary(max_size=64),
)
def test_the_fields_of_a_message_come_back_cut_to_their_width(kind, values, tail):
    writer, back = FrameWriter(), array("i", [-1] * messages.MOST_FIELDS)
    used = messages.pack(writer.body, kind, array("i", values))
    writer.body[HEAD + used : HEAD + used + len(tail)] = tail
    ((_, _, _, _, _, payload),) = read(
        reader := FrameReader(), writer.out[: writer.write(kind, 0, 0, 0, used + len(tail))]
    )
    assert messages.unpack(reader.body, kind, reader.length, back) == used
    assert payload[used:] == tail
    for value, got, width in zip(values, back, messages.widths(kind), strict=False):
        assert got == value & (0x3FFFFFFF if width == 4 else (1 << 8 * width) - 1)


@pytest.mark.parametrize("kind", sorted(messages.FIELDS))
def test_a_message_that_is_too_short_for_its_fields_is_none(kind):
    needed = sum(messages.widths(kind))
    values = array("i", bytes(4 * messages.MOST_FIELDS))
    assert messages.unpack(bytearray(frames.MAX_BODY), kind, needed, values) == needed
    if needed:
        assert messages.unpack(bytearray(frames.MAX_BODY), kind, needed - 1, values) == -1


@given(st.lists(st.lists(ANY_INT, min_size=6, max_size=6), max_size=4))
def test_records_come_back_one_after_the_other(rows):
    body, at = bytearray(frames.MAX_BODY), HEAD
    for row in rows:
        begun, at = at, messages.pack_record(body, at, array("i", row), 0)
        assert at - begun <= messages.RECORD_BYTES
    end, at, back = at, HEAD, array("i", [-1] * 6)
    for tag, *values in rows:
        at = messages.unpack_record(body, at, end, back)
        shown = [value & 0x3FFFFFFF for value in values]
        assert list(back) == [tag & 255, *(shown if back[0] > 2 else [*shown[:3], 0, 0])]
    assert at == end
    assert messages.unpack_record(body, at, end, back) == -1


@given(st.binary(max_size=64), st.integers(0, 64))
def test_no_bytes_make_a_record_that_is_longer_or_larger_than_one(noise, at):
    back = array("i", [-1] * 6)
    end = messages.unpack_record(noise, at, len(noise), back)
    assert end == -1 or at < end <= min(len(noise), at + messages.RECORD_BYTES)
    assert all(value <= 0x3FFFFFFF for value in back)


@pytest.mark.parametrize("kind", [0, messages.KINDS, 255])
def test_an_unknown_kind_has_no_fields(kind):
    values = array("i", bytes(4 * messages.MOST_FIELDS))
    assert messages.unpack(bytearray(frames.MAX_BODY), kind, 100, values) == -1
    assert messages.pack(bytearray(frames.MAX_BODY), kind, values) == 0


def test_every_field_has_a_name_and_a_width():
    assert list(messages.FIELDS) == list(range(1, messages.KINDS))
    for kind, (_, *names) in messages.FIELDS.items():
        fields = [name for name in names if name != "..."]
        assert len(fields) == len(messages.widths(kind)) <= messages.MOST_FIELDS
        assert sum(messages.widths(kind)) <= MAX_PAYLOAD
        assert names.count("...") <= 1
        assert "..." not in names[:-1]


def test_damaged_frames_neither_stop_the_reader_nor_pass():
    accepted, bad, _ = campaign(Lcg(1), 5000)
    assert accepted > 2000
    assert bad > 2000
