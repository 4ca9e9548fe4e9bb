"""Profiles: the rules of a release as named, versioned data."""

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
