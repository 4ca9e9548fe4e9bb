"""What may be shown: an Estimate goes in, a Released comes out, and each cell says why.

::

    the rules           profile(name, version=) and profile_names(); Profile.from_toml(path) for one's own
    apply them          ek.release(estimate, profile=) -> Released
    across releases     ledger: what was released, and the audit of a new table against it
"""

from evidencekit.disclosure import ledger
from evidencekit.disclosure.profiles import (
    Answers,
    CountInterval,
    Geography,
    Method,
    Profile,
    Protection,
    RelativeError,
    ShareInterval,
    Source,
    Symbols,
    profile,
    profile_names,
)
from evidencekit.disclosure.releasing import Released, release
from evidencekit.disclosure.rules import Flags

__all__ = [
    "Answers",
    "CountInterval",
    "Flags",
    "Geography",
    "Method",
    "Profile",
    "Protection",
    "RelativeError",
    "Released",
    "ShareInterval",
    "Source",
    "Symbols",
    "ledger",
    "profile",
    "profile_names",
    "release",
]
