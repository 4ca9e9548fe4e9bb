"""What may be shown: an Estimate goes in, a Released comes out, and each cell says why.

::

    the rules           profile(name, version=) and profile_names(); one's own: profile_text(name) to begin with, Profile.from_toml(path)
    apply them          ek.release(estimate, profile=) -> Released; its .statement for a methods annex
    what goes out       Released.published(): as its Publication says, rounded as it was audited
    write it            write_tables(released, path, title=): one table as .html, .docx or .xlsx
    sign and save       Released.signed(Signature(name=, role=, on=)), and .save(path) once it is signed
    across releases     ek.release(estimate, ledger=, publication=Publication(...)); ledger.with_(released.entry); `ledger`
    look at it          before_and_after(estimate, released), for those who decide
    tables of counts    `tables`: suppress, audit, intervals, controlled_rounding ...
    rows                `microdata`: risk, protect, scan_text ...
    noise               `noise`: noisy_counts (differential privacy), perturb (cell keys)
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from evidencekit.disclosure import ledger, tables
from evidencekit.disclosure.ledger import Ledger
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
    profile_text,
)
from evidencekit.disclosure.publication import Publication
from evidencekit.disclosure.released import Released
from evidencekit.disclosure.releasing import release
from evidencekit.disclosure.rules import Audited, Flags
from evidencekit.disclosure.signing import Signature
from evidencekit.disclosure.writing import write_tables

if TYPE_CHECKING:
    from evidencekit.disclosure import microdata as microdata
    from evidencekit.disclosure import noise as noise

__all__ = [
    "Answers",
    "Audited",
    "CountInterval",
    "Flags",
    "Geography",
    "Ledger",
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
    "microdata",
    "noise",
    "profile",
    "profile_names",
    "profile_text",
    "release",
    "tables",
    "write_tables",
]

if not TYPE_CHECKING:  # rooms of their own, which load on first use

    def __getattr__(name: str) -> Any:
        if name not in ("microdata", "noise"):
            raise AttributeError(f"module 'evidencekit.disclosure' has no attribute {name!r}")
        return import_module(f"evidencekit.disclosure.{name}")
