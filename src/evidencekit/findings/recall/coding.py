"""What people typed, coded: by the grammar where it can be read, by people where it cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import narwhals.stable.v2 as nw

from evidencekit.errors import InputError, how_many
from evidencekit.findings.recall.agreeing import Agreement, Coders, agreement, settled
from evidencekit.findings.recall.grading import GRADES, UNREAD, Grade, Range
from evidencekit.findings.recall.nearest import interval_of
from evidencekit.findings.recall.people import column, ids_of, opened, texts, with_columns
from evidencekit.findings.register.kinds import is_finite
from evidencekit.findings.stating import Finding

__all__ = ["Codes", "code"]

REMEMBERS, FORGOT = "yes", "98"  # codes of the question "remembers" of forms()
COLUMNS = ("recall", "recall_within", "recall_by")


@dataclass(frozen=True, slots=True, eq=False, repr=False, kw_only=True)
class Codes:
    """Coded answers. Made by `code`; its repr shows counts only.

    Parameters
    ----------
    data : data frame
        The caller's rows and columns without what was typed, in the caller's kind, and ``recall`` (the grade), ``recall_within`` (1 where
        the number lies in the interval, 0 where it does not or is not remembered, blank where nothing was answered or a person has to read
        it), ``recall_by`` ("grammar" or "people"); with `nearest` also ``nearest_right``.
    id : str
        The name of the id column.
    ids, grades : tuple of str
        Row by row.
    unread : tuple of int
        Rows, counted from 0, that a person has to read.
    range : Range
        What the answers were held against.
    coders, grammar : Agreement or None
        How often two people agreed; how often people agreed with the grammar where it could read.
    """

    data: Any
    id: str
    ids: tuple[str, ...]
    grades: tuple[Grade, ...]
    unread: tuple[int, ...]
    range: Range
    coders: Agreement | None
    grammar: Agreement | None

    def __reduce__(self) -> NoReturn:
        raise InputError("Codes are not pickled: they hold answers.", "Write .data to a file that is kept safe.")

    def __repr__(self) -> str:
        count = Counter(self.grades)
        near = f"near is within {self.range.near:g} times the odds of an end of the interval"
        lines = [f"Codes: {how_many(len(self.grades), 'answer')}; {near}"]
        lines += [f"  {grade:<18} {count[grade]:,}" for grade in GRADES if count[grade]]
        lines += [f"  two coders agree on {self.coders}"] if self.coders else []
        lines += [f"  people and grammar agree on {self.grammar}"] if self.grammar else []
        lines += ["  unreadable answers are read by people before analyse(): .unread has their rows"] if self.unread else []
        return "\n".join(lines)


def code(
    answers: Any,
    find: Finding,
    *,
    id: str,
    said: str = "number_said",
    remembers: str | None = "remembers",
    nearest: tuple[str, str] | None = None,
    coders: Coders | None = None,
    near: float = 1.5,
) -> Codes:
    """Code the numbers that people remember.

    Parameters
    ----------
    answers : Dataset or data frame
        One row a person who was followed up.
    find : Finding
        The finding that was tested: an answer is right where it lies in its interval.
    id : str
        Column of ids.
    said : str
        Column of what was typed.
    remembers : str or None
        Column of the question asked before it, as `forms` asks it: ``yes``, ``98`` for "I do not remember", blank or ``99`` for no answer.
        None where it was not asked.
    nearest : (str, str), optional
        Column of the question which fraction is nearest, and the code that is right: ``("nearest", kit.inside)``.
    coders : Coders, optional
        Columns with the codes that people gave, who read without knowing the version.
    near : float
        An answer outside the interval is near where its odds are within this factor of those of the nearer end. Choose it before answers
        are seen.

    Returns
    -------
    Codes

    Raises
    ------
    InputError
        A column holds what it should not, ids are missing or there twice, or `near` is not above 1.
    UnknownColumn
        A column is not there.

    Notes
    -----
    Read by the grammar of `check_text`, in English and in digits: "1 in 8", "one in eight", "12%", "12 percent", "about 12 in 100", "0.12",
    "an eighth", "half". Left to people: a range, "more than", a bare "12", two numbers with different grades, another language. Where
    someone typed a number after saying that they do not remember, the number counts. What people coded goes before what the grammar
    read; two who disagree leave it unreadable until ``settled`` says which.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population="children 12-17")
    >>> find = ek.finding(ek.release(ek.proportion(survey, "any_contact_unwanted")))
    >>> answers = pd.DataFrame({"number": [1, 2, 3, 4], "number_said": ["1 in 6", "a half", "no idea", "a lot"]})
    >>> ek.findings.recall.code(answers, find, id="number", remembers=None)
    Codes: 4 answers; near is within 1.5 times the odds of an end of the interval
      within             1
      wrong              1
      does not remember  1
      unreadable         1
      unreadable answers are read by people before analyse(): .unread has their rows
    """
    _, low, high = interval_of(find)
    if not is_finite(near) or not near > 1:
        raise InputError("near= is a factor above 1.", "1.5 is half as much again.")
    rows, frame = opened(answers, "code()")
    ids = ids_of(rows, frame, id)
    scale = Range(low, high, float(near))
    typed = column(rows, frame, said, "said=")
    if odd := sum(one is not None and not isinstance(one, str) for one in typed):
        raise InputError(f"Answers in {said!r} of another type than text: {odd}.", "Read the column as text, as it was typed.")
    before = [None] * len(ids) if remembers is None else _remembered(column(rows, frame, remembers, "remembers="), remembers)
    read = [scale.read(one, known) for one, known in zip(typed, before, strict=True)]
    machine: list[Grade] = [grade for grade, _ in read]
    if not isinstance(coders, Coders | None):
        raise InputError(f"coders= takes a recall.Coders(...), not a {type(coders).__name__}.", "It names the columns of the coders.")
    hands = coders.columns_in(rows, frame) if coders is not None else []
    people = settled(hands, len(ids))
    grades: tuple[Grade, ...] = tuple(by_hand or by_rule for by_hand, by_rule in zip(people, machine, strict=True))
    within = [None if grade in (UNREAD, "not answered") else float(grade == "within") for grade in grades]
    made: dict[str, tuple[list[Any], Any]] = {
        COLUMNS[0]: (list(grades), nw.String),
        COLUMNS[1]: (within, nw.Float64),
        COLUMNS[2]: (["grammar" if one is None else "people" for one in people], nw.String),
    }
    if nearest is not None and not (isinstance(nearest, tuple) and len(nearest) == 2):
        raise InputError("nearest= is a column and the code that is right, as a tuple.", 'As ("nearest", kit.inside).')
    if nearest is not None:
        made["nearest_right"] = (_right(column(rows, frame, nearest[0], "nearest="), nearest), nw.Float64)
    return Codes(
        data=with_columns(frame.drop(said), made),
        id=id,
        ids=tuple(ids),
        grades=grades,
        unread=tuple(k for k, grade in enumerate(grades) if grade == UNREAD),
        range=scale,
        coders=agreement(hands[0], hands[1]) if len(hands) > 1 else None,
        grammar=agreement(_readable(people), _readable(machine)) if hands else None,
    )


def _readable(grades: Sequence[Grade | None]) -> list[Grade | None]:
    return [None if one == UNREAD else one for one in grades]


def _remembered(values: Sequence[Any], name: str) -> list[bool | None]:
    known = {REMEMBERS: True, FORGOT: False, "99": None, "": None}
    made = texts(values, name)
    if odd := sum(one not in known for one in made):
        raise InputError(f"{how_many(odd, 'answer')} in {name!r} that forms() does not offer.", "It takes yes, 98, 99 and blanks.")
    return [known[one] for one in made]


def _right(values: Sequence[Any], nearest: tuple[str, str]) -> list[float | None]:
    """1 where the option inside the interval was chosen; not remembering is not right, a refusal is no answer."""
    made, right = texts(values, nearest[0]), str(nearest[1])
    return [None if one in ("", "99") else float(one == right) for one in made]
