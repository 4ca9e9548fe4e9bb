"""Profiles: the rules of a release as named, versioned data.

::

    by name, or one's own     profile(name, version=), profile_names(); Profile.from_toml(path)
    who could be identified   Protection (thresholds), Geography (small places), Method (hide or round)
    what is too uncertain     ShareInterval, CountInterval, RelativeError, Answers
    how it is shown           Symbols; Source says where a rule is from and what was read of it
"""

from evidencekit.disclosure.profiles.noun import Profile
from evidencekit.disclosure.profiles.parts import Geography, Method, Protection, Source, Symbols
from evidencekit.disclosure.profiles.precision import Answers, CountInterval, RelativeError, ShareInterval
from evidencekit.disclosure.profiles.shelf import profile, profile_names, profile_text

__all__ = [
    "Answers",
    "CountInterval",
    "Geography",
    "Method",
    "Profile",
    "Protection",
    "RelativeError",
    "ShareInterval",
    "Source",
    "Symbols",
    "profile",
    "profile_names",
    "profile_text",
]
