"""ranked: where a group stands among the others, if that can be told."""

from __future__ import annotations

from evidencekit.combining import rank_sets
from evidencekit.disclosure import Released
from evidencekit.errors import InputError
from evidencekit.findings.claims.cells import Cell, check_table, check_words, may_be_said, notes_of, said_together
from evidencekit.findings.claims.claim import Claim
from evidencekit.findings.register import Quantity
from evidencekit.findings.sentences import sentence_of
from evidencekit.findings.telling import doubts, whom
from evidencekit.findings.wording import Words

__all__ = ["ranked"]


def ranked(released: Released, cell: Cell, *, words: Words, among: str, plan: str = "", level: float = 0.95) -> Claim:
    """Say where a group stands: the highest, among the highest, or between which ranks.

    Parameters
    ----------
    released : Released
        A table of one share of several groups. Hidden groups may have any rank.
    cell : mapping or int
        The group.
    words : Words
        How it is told.
    among : str
        What the groups are, as a plural: ``"provinces"``, ``"countries"``.
    plan : str
        The plan of analysis that named this ranking beforehand. Without one, the claim says that it is exploratory.
    level : float
        The chance that all rank sets hold at once, 0.95 by default.

    Returns
    -------
    Claim
        "Highest" only where its set of ranks is the first alone, "lowest" where it is the last alone; with "among the highest" where it
        is surely in the upper half, else between which ranks it is, and where nothing is known that we cannot tell.

    Raises
    ------
    InputError
        Fewer than three groups, several answers, no words.
    Refused
        The cell may not be said, or nobody was drawn.

    References
    ----------
    Mogstad, Romano, Shaikh and Wilhelm (2023), Rev. Econ. Stud. (doi 10.1093/restud/rdad006).

    Examples
    --------
    >>> import evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="province"))
    >>> words = ek.findings.Words(did="were sent unwanted messages", people="children aged 12-17")
    >>> ek.findings.ranked(safe, 0, words=words, among="provinces", plan="plan of 2025").kind
    'rank'
    """
    check_table(released, doing="ranked()")
    check_words(words)
    if not isinstance(among, str) or not among.strip() or any(c.isdigit() for c in among):
        raise InputError("among= says what the groups are, without a number.", 'As "provinces".')
    est = released.estimate
    row = may_be_said(released, est.cells.find(cell))
    if len(est) < 3 or not est.cells.by:
        raise InputError("A rank needs three groups or more.", "Estimate with by=; two groups are compared with compare().")
    if any(len(set(est.cells.columns[c])) > 1 for c in est.cells.columns if c not in est.cells.by):
        raise InputError(
            "The table has several answers, and a rank is of one.", "Estimate one variable, with category= where it has several."
        )
    sets = rank_sets(est, level=level)
    first, last, n = sets.first[row], sets.last[row], len(est)
    way = _way(first, last, n)
    texts, numbers = said_together([(released, row)], distinct=False)
    who = whom(released, row, words)
    place = {
        "first": f"the highest share of all {n} {among}",
        "last": f"the lowest share of all {n} {among}",
        "among the first": f"a share among the {last} highest of {n} {among}",
        "among the last": f"a share among the {n - first + 1} lowest of {n} {among}",
        "between": f"a share between the {ordinal(first)} and the {ordinal(last)} highest of {n} {among}",
        "unclear": "",
    }[way]
    did = f"{words.did} {words.recall}".strip()
    text = f"{who}: {texts[0]} {did}, {place}" if place else f"{who}: {texts[0]} {did}; we cannot tell where that stands among {n} {among}"
    hidden = (f"{sets.hidden} of the {among} are not shown and may have any rank",) if sets.hidden else ()
    rank = Quantity(text=f"{n} {among}", value=float(n), role="groups", unit="rank")
    return Claim(
        kind="rank",
        direction=way,
        text=sentence_of(text),
        details=(f"All ranks together hold at {level:.0%}.",),
        numbers=(*numbers, rank),
        caveats=(*doubts(released, row), *hidden, *notes_of(plan)),
        support={"first": first, "last": last, "groups": n, "hidden": sets.hidden, "level": level, "plan": plan},
        words=words,
    )


def _way(first: int, last: int, n: int) -> str:
    """What a set of ranks supports."""
    if first == last:
        return "first" if first == 1 else "last" if last == n else "between"
    if first == 1 and last == n:
        return "unclear"
    if last <= n // 2 and first == 1:
        return "among the first"
    if first > n - n // 2 and last == n:
        return "among the last"
    return "between"


def ordinal(k: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th."""
    end = "th" if 10 <= k % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(k % 10, "th")
    return f"{k}{end}"
