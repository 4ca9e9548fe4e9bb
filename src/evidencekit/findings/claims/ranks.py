"""ranked: where a group stands among the others, if that can be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from evidencekit.combining import RankSets, rank_sets
from evidencekit.disclosure import Released
from evidencekit.errors import InputError
from evidencekit.findings.claims.cells import Cell, check_table, check_words, may_be_said, notes_of, said_together
from evidencekit.findings.claims.claim import Claim
from evidencekit.findings.languages import Figure, Told, percentage, said, template
from evidencekit.findings.languages.numerals import ordinal
from evidencekit.findings.picturing import Part, levels_said, parts_of
from evidencekit.findings.register import Quantity
from evidencekit.findings.register.linting import check_words as check_typed
from evidencekit.findings.telling import doing, doubts, whom
from evidencekit.findings.wording import Words

__all__ = ["ordinal", "ranked"]

_SAID = {
    "first": template("{who}: {amount} {did}, the highest share of all {n} {groups}."),
    "last": template("{who}: {amount} {did}, the lowest share of all {n} {groups}."),
    "among the first": template("{who}: {amount} {did}, a share among the {k} highest of {n} {groups}."),
    "among the last": template("{who}: {amount} {did}, a share among the {k} lowest of {n} {groups}."),
    "exactly": template("{who}: {amount} {did}, the {k} highest share of {n} {groups}."),
    "between": template("{who}: {amount} {did}, a share between the {first} and the {last} highest of {n} {groups}."),
    "unclear": template("{who}: {amount} {did}; we cannot tell where that stands among {n} {groups}."),
}
_FIX = 'Give it in both: among={{"en": "provinces", {!r}: ...}}.'


def ranked(released: Released, cell: Cell, *, words: Words, among: str | Mapping[str, str], plan: str = "", level: float = 0.95) -> Claim:
    """Say where a group stands: the highest, among the highest, or between which ranks.

    Parameters
    ----------
    released : Released
        A table of one share of several groups. Hidden groups may have any rank.
    cell : mapping or int
        The group.
    words : Words
        How it is told.
    among : str or mapping
        What the groups are, as a plural: ``"provinces"``, ``"countries"``; in several languages ``{"en": "provinces", "vi": "tỉnh"}``.
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
    check_words(words, released)
    groups = _among(among)
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
        "among the first": {"k": last},
        "among the last": {"k": n - first + 1},
        "exactly": {"k": Figure(first, "ordinal")},
        "between": {"first": Figure(first, "ordinal"), "last": Figure(last, "ordinal")},
    }.get(way, {})
    text = said(_SAID[way], {"who": who, "amount": texts[0], "did": doing(words), "n": n, "groups": groups, **place})
    kept = {"k": sets.hidden, "groups": groups}
    hidden = (said("{k} of the {groups} are not shown and may have any rank", kept),) if sets.hidden else ()
    rank = Quantity(text=f"{n} {groups}", value=float(n), role="groups", unit="rank")
    return Claim(
        kind="rank",
        direction=way,
        text=text,
        details=(said("All ranks together hold at {level}.", {"level": percentage(f"{100 * level:.10g}")}),),
        numbers=(*numbers, rank),
        caveats=(*doubts(released, row), *hidden, *notes_of(plan)),
        support={"first": first, "last": last, "groups": n, "hidden": sets.hidden, "level": level, "plan": plan},
        words=words,
        parts=(parts := tuple(replace(one, ranks=_ranks(one, sets, k)) for k, one in enumerate(parts_of(released, row, words)))),
        about=(levels_said(est, parts), ""),
    )


def _ranks(part: Part, sets: RankSets, row: int) -> tuple[int, int] | None:
    """The ranks that a group may have; of a hidden one nobody is told."""
    return None if part.value is None else (int(sets.first[row]), int(sets.last[row]))


def _way(first: int, last: int, n: int) -> str:
    """What a set of ranks supports."""
    if first == last:
        return "first" if first == 1 else "last" if last == n else "exactly"
    if first == 1 and last == n:
        return "unclear"
    if last <= n // 2 and first == 1:
        return "among the first"
    if first > n - n // 2 and last == n:
        return "among the last"
    return "between"


def _among(given: object) -> Told:
    """What the groups are, in every language it is given in."""
    listed: Mapping[Any, Any] = {"en": given} if isinstance(given, str) else given if isinstance(given, Mapping) else {}
    named = {str(tag): one for tag, one in listed.items() if isinstance(one, str) and one.strip() and not any(c.isdigit() for c in one)}
    if "en" not in named or len(named) < len(listed):
        raise InputError("among= says what the groups are, without a number.", 'As "provinces".')
    for tag, one in named.items():
        check_typed("among=", one, language=tag)
    return Told(named["en"], {tag: one for tag, one in named.items() if tag != "en"}, _FIX)
