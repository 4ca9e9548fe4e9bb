"""The hypothesis profiles: the same examples in every run, or new ones in each (``--hypothesis-profile=explore``)."""

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("explore", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("steady")
