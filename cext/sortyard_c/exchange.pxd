import cython

from sortyard_c.gate_logic cimport GateLogic

include "constants/exchange.pxi"


@cython.locals(n=int, at=int, last=int)
cpdef int exchange(GateLogic gl, const int[::1] inbox, int[::1] outbox, int start=*, int offset=*) except -1

@cython.locals(used=int, room=int)
cpdef int replay(GateLogic gl, const int[::1] trace, int start, int stop, int[::1] out) except -1
