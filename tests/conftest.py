"""Set for all tests."""

from hypothesis import settings

# Machines that run tests are shared: how long one example takes says nothing. 40 examples keep the unit tests, which
# are run at every change, under half a minute.
settings.register_profile("shared", deadline=None, max_examples=40)
settings.load_profile("shared")
