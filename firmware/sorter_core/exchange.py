# cython: boundscheck=True
# (compiled too: a caller's short array is an IndexError in every runtime)
"""One turn of the control loop through two arrays: the same exchange in every runtime.

An inbox is [n, position, ticks] and n inputs of 5 integers: kind, index, position, a, b.
An outbox is [n, due_position, due_ticks, is_pending, state] and n records of 5: kind, a, b, c, position.
A recorded trace is inboxes one after the other. All of them are `array('i')`, or anything that is
indexed like one. Nothing here allocates, and the work is proportional to the inputs and records.
"""

try:
    from micropython import const
except ImportError:

    def const(value):
        return value


_IN_HEAD = const(3)
_OUT_HEAD = const(5)
_RECORD = const(5)
# Room for one outbox whatever a step has to say: the gate logic's output ring holds fewer records.
OUTBOX_INTS = const(5 + 5 * 256)


def exchange(gl, inbox, outbox, start=0, offset=0):
    """Feed the inbox at inbox[start], step, and drain into outbox[offset] on.

    Returns the integers written to the outbox: 5, and 5 more per record. Records that find no room
    stay in the gate logic for the next turn. An n below 0 counts as 0, one beyond the end of the inbox
    as what is there. `start` and `offset` are 0 or more; IndexError where the heads themselves, 3 and 5
    integers, are not inside.
    """
    n = inbox[start]
    if n > 0:
        at = start + _IN_HEAD
        last = len(inbox) - _RECORD
        while n > 0 and at <= last:
            gl.feed(inbox[at], inbox[at + 1], inbox[at + 2], inbox[at + 3], inbox[at + 4])
            at += _RECORD
            n -= 1
    gl.step(inbox[start + 1], inbox[start + 2])
    n = 0
    if gl.out_count:  # on a board a call that finds nothing would be a tenth of an idle step
        n = gl.drain(outbox, offset + _OUT_HEAD)
    outbox[offset] = n
    offset += 1
    outbox[offset] = gl.due_position
    offset += 1
    outbox[offset] = gl.due_ticks
    offset += 1
    outbox[offset] = gl.is_pending
    outbox[offset + 1] = gl.state
    return _OUT_HEAD + _RECORD * n


def replay(gl, trace, start, stop, out):
    """Run the turns recorded in trace[start:stop] and append their outboxes to `out`.

    out[0] is the number of integers in use in `out`, itself included: set it to 1 to begin, and again
    whenever the outboxes have been taken away. Stops early while less than OUTBOX_INTS are free in
    `out`. Returns where to go on: `stop` when the trace is done. `start` and `stop` must be ends of
    recorded turns.
    """
    used = out[0]
    room = len(out) - OUTBOX_INTS
    while start < stop and used <= room:
        used += exchange(gl, trace, out, start, used)
        start += _IN_HEAD + _RECORD * trace[start]
    out[0] = used
    return start
