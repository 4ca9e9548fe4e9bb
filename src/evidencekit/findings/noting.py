"""Notes that come with a number from below, in templates as far as they are known here; what is not known stays as it came, in English.

A plain text is said in a language where its catalogue has that very text. `KNOWN` are those that a release or a design gives most often,
so that they stand in the catalogues.
"""

from __future__ import annotations

from evidencekit.disclosure import Released
from evidencekit.estimate import Estimate
from evidencekit.findings.languages import Message, said, template

__all__ = ["KNOWN", "audited_words", "missing_said"]

KNOWN = (
    template("not audited against other tables"),
    template("not audited against further tables"),
    template("no design: self-selected"),
    template("no design: self-selected-adjusted"),
    template("no design: quota"),
    template("no design: random-walk"),
    template("no design: administrative"),
    template("self-selected"),
    template("self-selected-adjusted"),
    template("quota"),
    template("random-walk"),
    template("administrative"),
    template("network"),
    template("venue"),
    template("model"),
    template("strata with a single sampling unit are taken as certain to be in the sample and add nothing to the uncertainty"),
    template("strata with a single sampling unit add nothing to the uncertainty, which may be larger than stated"),
    template("strata with a single sampling unit are set against the average of all, which rather overstates the uncertainty"),
    template("strata with a single sampling unit are given the average uncertainty of the other strata"),
    template("weights were taken to add up to the population as they are"),
)


def audited_words(released: Released) -> str:
    """Against what a table was audited."""
    tables = released.audited.earlier
    if not released.audited.ledger:
        return released.note
    return said("audited against {n} earlier table", {"n": 1}) if tables == 1 else said("audited against {n} earlier tables", {"n": tables})


def missing_said(est: Estimate, variable: str) -> tuple[Message, ...]:
    """How many answers to a question were missing, where some were; of the whole table, since those of a group are not known."""
    counts = [count for name, count in est.provenance.missing if name == variable and count]
    return tuple(_missing(count, together=bool(est.cells.by)) for count in counts)


def _missing(count: int, *, together: bool) -> Message:
    if together and count == 1:
        return said("{n} answer is missing in the whole table, all groups together, and left out", {"n": count})
    if together:
        return said("{n} answers are missing in the whole table, all groups together, and left out", {"n": count})
    if count == 1:
        return said("{n} answer is missing, and left out", {"n": count})
    return said("{n} answers are missing, and left out", {"n": count})
