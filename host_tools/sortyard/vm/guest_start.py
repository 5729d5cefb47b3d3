"""First code in the guest: prepare the interpreter, then run the script named on its command line."""

import gc
import sys


class _NoCollection:
    """Takes the place of `gc`: a collection would corrupt this build, so asking for one does nothing."""

    def __init__(self, real):
        self.mem_alloc = real.mem_alloc
        self.mem_free = real.mem_free

    def collect(self, *_generation):
        return 0

    def enable(self):
        pass

    def disable(self):
        pass

    def isenabled(self):
        return False

    def threshold(self, *_bytes):
        return -1


gc.disable()
sys.modules["gc"] = _NoCollection(gc)  # pyright: ignore[reportArgumentType]
sys.path[:] = ["/lib"]
del sys.argv[0]
_script = sys.argv[0]
with open(_script) as _stream:
    _source = _stream.read()
exec(compile(_source, _script, "exec"), {"__name__": "__main__"})
