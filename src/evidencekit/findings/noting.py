"""Notes that come with a number from below, in templates as far as they are known here; what is not known stays as it came, in English.

A plain text is said in a language where its catalogue has that very text. `KNOWN` are those that a release or a design gives most often,
so that they stand in the catalogues; of those with a number in them `noted` finds the template again.
"""

from __future__ import annotations

import re
from decimal import Decimal

from evidencekit.disclosure import Released
from evidencekit.estimate import Estimate
from evidencekit.findings.languages import Message, joined, said, template
from evidencekit.findings.languages.templates import slots_of

__all__ = ["KNOWN", "audited_words", "missing_said", "noted"]

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
    template("weights were scaled to a population of {n}"),
    template("too uncertain: no interval"),
    template("too uncertain: an interval of no width"),
    template("too uncertain: how many answered is not known"),
    template("too uncertain: effective sample size under {n}"),
    template("too uncertain: fewer than {n} degrees of freedom"),
    template("too uncertain: fewer than {n} answers"),
    template("too uncertain: interval of {n} points or more"),
    template("too uncertain: interval of more than {n} percent of the estimate"),
    template("the complement is too uncertain: interval of more than {n} percent of it"),
    template("fewer than {n} degrees of freedom"),
    template("no case observed, no deff borrowed"),
    template("no case observed, deff {n} borrowed"),
    template("every answer a case, no deff borrowed"),
    template("every answer a case, deff {n} borrowed"),
    template("where no answer or every answer is a case, a design effect of {n} was borrowed"),
)
_COUNT = r"(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)"
_COUNTED = tuple((re.compile(re.escape(one).replace(r"\{n\}", _COUNT)), one) for one in KNOWN if slots_of(one))


def noted(text: str) -> str:
    """A note as templates, where it is one that is known, or several with semicolons between them.

    Examples
    --------
    >>> from evidencekit.findings.noting import noted
    >>> noted("too uncertain: effective sample size under 30").template
    'too uncertain: effective sample size under {n}'
    """
    parts = [_noted(part) for part in text.split("; ")]
    return parts[0] if len(parts) == 1 else joined(parts, "; ")


def _noted(text: str) -> str:
    for pattern, one in _COUNTED:
        if found := pattern.fullmatch(text):
            made = said(one, {"n": Decimal(found[1].replace(",", ""))})
            return made if made == text else text
    return text


def audited_words(released: Released) -> str:
    """Against what a table was audited."""
    tables = released.audited.earlier
    if not released.audited.ledger:
        return released.note
    return said("audited against {n} earlier table", {"n": 1}) if tables == 1 else said("audited against {n} earlier tables", {"n": tables})


def missing_said(est: Estimate, variable: str) -> tuple[Message, ...]:
    """How many answers to a question were missing, where some were; of the whole table, since those of a group are not known."""
    counts = [count for name, count in est.provenance.missing if name == variable and count]
    together = _COUNTED_AS_ZERO if est.statistic == "total" else _LEFT_OUT
    return tuple(said(together[bool(est.cells.by), count == 1], {"n": count}) for count in counts)


_LEFT_OUT = {  # all groups together, one answer
    (True, True): template("{n} answer is missing in the whole table, all groups together, and left out"),
    (True, False): template("{n} answers are missing in the whole table, all groups together, and left out"),
    (False, True): template("{n} answer is missing, and left out"),
    (False, False): template("{n} answers are missing, and left out"),
}
_COUNTED_AS_ZERO = {
    (True, True): template("{n} answer is missing in the whole table, all groups together, and counted as zero"),
    (True, False): template("{n} answers are missing in the whole table, all groups together, and counted as zero"),
    (False, True): template("{n} answer is missing, and counted as zero"),
    (False, False): template("{n} answers are missing, and counted as zero"),
}
