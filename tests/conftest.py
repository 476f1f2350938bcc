"""What all tests share."""

from hypothesis import settings

# A first call pays for imports and compiled kernels; pytest-timeout bounds the tests that hang.
settings.register_profile("wirecopy", deadline=None)
settings.load_profile("wirecopy")
