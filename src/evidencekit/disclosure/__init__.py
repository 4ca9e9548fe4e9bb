"""What may be shown: an Estimate goes in, a Released comes out, and each cell says why.

::

    the rules           profile(name, version=) and profile_names(); Profile.from_toml(path) for one's own
    apply them          ek.release(estimate, profile=) -> Released
    across releases     ledger: what was released, and the audit of a new table against it
"""

from evidencekit.disclosure import ledger, tables
from evidencekit.disclosure.picturing import before_and_after
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
from evidencekit.disclosure.publication import Publication
from evidencekit.disclosure.released import Released
from evidencekit.disclosure.releasing import release
from evidencekit.disclosure.rules import Audited, Flags
from evidencekit.disclosure.signing import Signature

__all__ = [
    "Answers",
    "Audited",
    "CountInterval",
    "Flags",
    "Geography",
    "Method",
    "Profile",
    "Protection",
    "Publication",
    "RelativeError",
    "Released",
    "ShareInterval",
    "Signature",
    "Source",
    "Symbols",
    "before_and_after",
    "ledger",
    "profile",
    "profile_names",
    "release",
    "tables",
]
