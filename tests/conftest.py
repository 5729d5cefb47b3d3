"""Settings of all tests."""

import os

from hypothesis import settings

# The same examples in every run of CI: what fails there fails for everybody. Elsewhere new ones are tried each time.
settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
