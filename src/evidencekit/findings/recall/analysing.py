"""Do more people remember version B than version A: everybody as assigned, and those who are not known counted and bounded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evidencekit.combining import holm
from evidencekit.errors import InputError, check_level, how_many, is_whole
from evidencekit.findings.recall.assigning import ARM, ARMS, Assignment
from evidencekit.findings.recall.coding import COLUMNS, Codes
from evidencekit.findings.recall.comparing import Comparison, People, adjusted_to, compared
from evidencekit.findings.recall.grading import GRADES, Grade
from evidencekit.findings.recall.people import column, ids_of, opened, texts
from evidencekit.findings.recall.result import RecallTest
from evidencekit.findings.register.linting import check_label

__all__ = ["analyse"]

WITHIN = "gave the number within its range"
_Outcome = Sequence[int | None]


def analyse(
    coded: Codes,
    assigned: Any,
    *,
    session: str | None = None,
    secondary: Mapping[str, str] | None = None,
    days: int | None = None,
    level: float = 0.95,
) -> RecallTest:
    """Compare the versions.

    Parameters
    ----------
    coded : Codes
        What `code` made of the follow-up; no answer is left unreadable.
    assigned : Assignment, Dataset or data frame
        Everybody who was assigned, those too who were never reached again: what `assign` gave, or a table with the id column of `coded`
        and ``arm``, ``"A"`` or ``"B"``.
    session : str, optional
        Column of sessions of that table, where whole sessions were assigned. An `Assignment` knows its own.
    secondary : mapping of column to words, optional
        Other outcomes: columns of 0 and 1 of ``coded.data``, with what those did whose column is 1: ``{"nearest_right": "chose the nearest
        fraction"}``. Name them before answers are seen.
    days : int, optional
        Days between reading and being asked, for the sentence.
    level : float
        Of the intervals.

    Returns
    -------
    RecallTest

    Raises
    ------
    InputError
        Answers that are unreadable, or of people who were not assigned; a version that is neither A nor B, a session that is in both, or
        nobody known in a version; fewer than two sessions in a version.
    UnknownColumn
        A column is not there.

    Notes
    -----
    Everybody counts for the version they were assigned to, whichever page they read. Those who were not reached, or gave no answer, are
    left out of the main comparison and counted, and three bounds say what they could change: all of them had forgotten; those of B had
    forgotten and those of A had not; the other way round. "I do not remember" is a known answer.

    People assigned by themselves: Newcombe's interval of a difference of shares, and the p-value that belongs to it. Whole sessions: the
    difference of two survey estimates with sessions as sampling units and versions as strata, and t with as many degrees of freedom as
    there are sessions, less two; never shorter than the interval of people, as an intraclass correlation below 0 would make it. In 20,000
    tests with 6 sessions of 6 to 16 people in each version and a correlation of 0.1, 94 to 95 of 100 such intervals held the truth.
    p-values of secondary outcomes are adjusted among them by Holm; the main outcome is one and needs none.

    The result is about those who took part. It is no Estimate, and neither `release` nor `finding` takes it.

    References
    ----------
    Newcombe (1998), Statist. Med. 17, 873-890, method 10. Donner and Klar (2000), Design and Analysis of Cluster Randomization Trials in
    Health Research. Holm (1979), Scand. J. Statist. 6, 65-70.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> find = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")))
    >>> staff = pd.DataFrame({"number": range(120)})
    >>> made = ek.findings.recall.assign(staff, id="number", seed=1)
    >>> right = [k % 60 < (42 if arm == "B" else 27) for k, arm in enumerate(made.arms)]  # invented
    >>> answers = staff.assign(number_said=["1 in 6" if one else "a half" for one in right])
    >>> coded = ek.findings.recall.code(answers, find, id="number", remembers=None)
    >>> print(ek.findings.recall.analyse(coded, made, days=2).sentence())  # doctest: +ELLIPSIS
    In our test ... of 60 readers of version B gave the number within its range after two days, and ... of 60 readers of version A; ...
    """
    if not isinstance(coded, Codes):
        raise InputError(f"analyse() takes what code() returned, not a {type(coded).__name__}.", "Call code() first.")
    check_level(level)
    if days is not None and not is_whole(days, least=1):
        raise InputError("days= is a whole number of 1 or more.", "Leave it out where it varied.")
    if coded.unread:
        raise InputError(
            f"{how_many(len(coded.unread), 'answer is', 'answers are')} still to be read by a person.",
            "Give their codes to code() in columns named by coders=; .unread has the rows.",
        )
    ids, people = _assigned(assigned, coded.id, session)
    place = {one: k for k, one in enumerate(coded.ids)}
    if strangers := len(set(place) - set(ids)):
        raise InputError(f"{how_many(strangers, 'answer is', 'answers are')} of nobody who was assigned.", "Compare how ids are written.")
    at = [place.get(one) for one in ids]
    rows, frame = opened(coded.data, "analyse()")
    outcome = _outcome(column(rows, frame, COLUMNS[1], "coded"), COLUMNS[1], at)
    named = _named(secondary)
    others = [
        compared(_outcome(column(rows, frame, name, "secondary="), name, at), people, name=name, words=words, level=level)
        for name, words in named.items()
    ]
    return RecallTest(
        main=compared(outcome, people, name="recall", words=WITHIN, level=level),
        assigned=_by_arm(people, [True] * len(ids)),
        lost=_by_arm(people, [k is None for k in at]),
        unanswered=_by_arm(people, [k is not None and y is None for k, y in zip(at, outcome, strict=True)]),
        bounds=_bounds(outcome, people, level),
        secondary=tuple(adjusted_to(one, float(p)) for one, p in zip(others, holm([one.p for one in others]), strict=True)),
        grades=_grades(coded, people, at),
        level=level,
        sessions=len(set(people.sessions)) if any(people.sessions) else 0,
        days=days,
        backend=rows.backend,
    )


def _assigned(assigned: Any, id: str, session: str | None) -> tuple[Sequence[str], People]:
    """The ids of everybody who was assigned, with versions and sessions."""
    if isinstance(assigned, Assignment):
        if session is not None:
            raise InputError("session= is for a table; an Assignment knows its sessions.", "Leave it out.")
        rows, _ = opened(assigned.data, "analyse()")
        return assigned.ids, People(assigned.arms, assigned.sessions or ("",) * len(assigned.ids), rows.backend)
    rows, frame = opened(assigned, "analyse()")
    ids = ids_of(rows, frame, id)
    arms = texts(column(rows, frame, ARM, "assigned"), ARM)
    if odd := sum(arm not in ARMS for arm in arms):
        raise InputError(f"{how_many(odd, 'row has', 'rows have')} a version in {ARM!r} that is neither A nor B.", "Everybody has one.")
    rooms = [""] * len(ids) if session is None else texts(column(rows, frame, session, "session="), session)
    if session is not None and not all(rooms):
        raise InputError(f"{how_many(rooms.count(''), 'row has', 'rows have')} no session in {session!r}.", "Give every person one.")
    if session is not None and (both := len(set(zip(rooms, arms, strict=True))) - len(set(rooms))):
        raise InputError(f"Sessions with people of both versions: {both}.", "Leave session= out where people were assigned one by one.")
    return ids, People(arms, rooms, rows.backend)


def _outcome(values: Sequence[Any], name: str, at: Sequence[int | None]) -> list[int | None]:
    """0, 1 or None for everybody who was assigned."""
    if odd := sum(not (one is None or one in (0, 1)) for one in values):
        raise InputError(f"Values of {name!r} that are neither 0 nor 1: {odd}.", "Leave unknown ones blank.")
    return [None if k is None or values[k] is None else int(values[k]) for k in at]


def _named(secondary: Mapping[str, str] | None) -> Mapping[str, str]:
    given = {} if secondary is None else secondary
    if not isinstance(given, Mapping) or not all(isinstance(k, str) and isinstance(v, str) and v.strip() for k, v in given.items()):
        raise InputError("secondary= takes columns with words.", 'As {"nearest_right": "chose the nearest fraction"}.')
    for words in given.values():
        check_label("A name in secondary=", words)
    return given


def _by_arm(people: People, counts: Sequence[bool]) -> tuple[int, int]:
    a, b = (sum(one for one, of in zip(counts, people.arms, strict=True) if of == arm) for arm in ARMS)
    return a, b


def _bounds(outcome: _Outcome, people: People, level: float) -> tuple[Comparison, ...]:
    """The comparison with everybody in it, where those who are not known are taken to be one way or another."""
    ways = {"all not known had forgotten": (0, 0), "least for B": (1, 0), "most for B": (0, 1)}
    return tuple(
        compared(
            [dict(zip(ARMS, way, strict=True))[arm] if y is None else y for y, arm in zip(outcome, people.arms, strict=True)],
            people,
            name=name,
            words=WITHIN,
            level=level,
        )
        for name, way in ways.items()
    )


def _grades(coded: Codes, people: People, at: Sequence[int | None]) -> dict[Grade, tuple[int, int]]:
    found: dict[Grade, tuple[int, int]] = {
        grade: _by_arm(people, [k is not None and coded.grades[k] == grade for k in at]) for grade in GRADES
    }
    return {grade: counts for grade, counts in found.items() if any(counts)}
