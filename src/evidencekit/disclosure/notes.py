"""What was decided on the way to a number, and how many answers were missing, in words that its readers understand."""

from __future__ import annotations

from evidencekit.estimate import Estimate

__all__ = ["BLANKS", "COUNTED", "STAMP", "decision_words", "missing_words"]

BLANKS = "missing answers"  # said by `missing_words`
COUNTED = (  # policies with numbers that were counted or estimated: nothing of them stays when no number does
    BLANKS,
    "bounds",
    "groups without answers",
    "membership not known",
    "not asked",
    "not settled by the answers",
    "unanswered",
)
STAMP = "release profile"  # the policy that says under which rules numbers were released; every release says it in its first line

_LONELY = {
    "certainty": "are taken as certain to be in the sample and add nothing to the uncertainty",
    "remove": "add nothing to the uncertainty, which may be larger than stated",
    "adjust": "are set against the average of all, which rather overstates the uncertainty",
    "average": "are given the average uncertainty of the other strata",
}


def decision_words(est: Estimate) -> tuple[str, ...]:
    """The policies in force, a sentence each."""
    return tuple(_decision(what, how) for what, how in est.provenance.policies if what not in (STAMP, BLANKS))


def _decision(what: str, how: str) -> str:
    if what == "lonely" and how in _LONELY:
        return f"strata with a single sampling unit {_LONELY[how]}"
    if what == "lonely_domain" and how in _LONELY:
        return f"strata in which a group has members in a single sampling unit {_LONELY[how]}"
    if what == "population_total":
        known = how[:1].isdigit()
        return f"weights were scaled to a population of {how}" if known else "weights were taken to add up to the population as they are"
    if what == "borrowed deff":
        return f"where no answer or every answer is a case, a design effect of {how} was borrowed"
    if what == "groups without answers":
        return f"groups without answers: {how}"
    return f"{what}: {how}"


def missing_words(est: Estimate, variable: str = "") -> tuple[str, ...]:
    """How many answers were missing, a sentence for each variable that had some, or for the one named.

    Counts are of the whole table: how many of them were in one group is not known.
    """
    labels = dict(est.provenance.labels)
    several = len(est.provenance.missing) > 1
    out = []
    for name, count in est.provenance.missing:
        if not count or (variable and name != variable):
            continue
        of = f' to "{labels.get(name, name)}"' if several and not variable else ""
        where = " in the whole table, all groups together" if est.cells.by else ""
        were = "answer is" if count == 1 else "answers are"
        treated = "counted as zero" if est.statistic == "total" else "left out"
        out.append(f"{count:,} {were} missing{of}{where}, and {treated}")
    return tuple(out)
