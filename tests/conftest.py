"""Settings of all tests."""

import os
import signal

from hypothesis import settings

# No deadline: how long an example takes is the machine's load, not the code's doing.
settings.register_profile("here", deadline=None)
# The same examples in every run of CI: what fails there fails for everybody. Elsewhere new ones are tried each time.
settings.register_profile("ci", derandomize=True, deadline=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")

# A shell lets what it starts in the background ignore Ctrl-C; tests of what Ctrl-C does would wait for ever.
signal.signal(signal.SIGINT, signal.default_int_handler)
