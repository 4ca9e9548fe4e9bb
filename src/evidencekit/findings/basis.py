"""Basis: what a number is of. Two numbers with different bases cannot be set against each other; `breaks` says why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

from evidencekit.errors import InputError, one_of
from evidencekit.findings.languages import said, template
from evidencekit.findings.register.linting import check_label
from evidencekit.instrument import Indicator

__all__ = ["ASPECTS", "NEEDED", "Basis", "breaks"]

ASPECTS = {
    "harm": template("what was asked about"),
    "definition": template("the definition"),
    "recall": template("the time asked about"),
    "age": template("the ages"),
    "denominator": template("who is counted"),
    "mode": template("how people were asked"),
    "frame": template("where they were drawn from"),
    "place": template("the place"),
    "time": template("the time"),
}
NEEDED = ("harm", "age", "mode", "frame")  # a change may be said only where these are known to be alike


@dataclass(frozen=True, slots=True, kw_only=True)
class Basis:
    """What a number is of, in words that can be compared: leave out what is not known.

    Parameters
    ----------
    harm : str
        What was asked about, as the question has it.
    recall : str
        The time asked about: "past 12 months".
    age : str
        "12-17".
    denominator : str
        Who is counted: "internet users", "all children".
    mode : str
        How people were asked: "face to face, answers typed by the child".
    definition : str
        Code and version of the indicator: "V06 1.0.0".
    place, time : str
        Where and when: "Lumora", "2026". In other languages as ``names=`` of `Words.also` has them.
    frame : str
        Where people were drawn from: "census areas, households".

    Raises
    ------
    InputError
        A part is no text, or `place` or `time` hold a share or a word that alarms, blames or makes less of a child.

    Examples
    --------
    >>> from evidencekit.findings import Basis
    >>> Basis(harm="asked for an image", age="12-17", time="2026").age
    '12-17'
    """

    harm: str = ""
    recall: str = ""
    age: str = ""
    denominator: str = ""
    mode: str = ""
    definition: str = ""
    place: str = ""
    time: str = ""
    frame: str = ""

    def __post_init__(self) -> None:
        """Refuse what is no text, and leave out blanks at the ends."""
        for part in fields(self):
            given = getattr(self, part.name)
            if not isinstance(given, str):
                raise InputError(f"{part.name}= of a Basis is a text, not a {type(given).__name__}.", "Leave out what is not known.")
            linted = part.name in ("place", "time")  # these stand in headlines
            object.__setattr__(self, part.name, check_label(f"{part.name}= of a Basis", given) if linted else " ".join(given.split()))

    @classmethod
    def of(cls, indicator: Indicator, *, mode: str = "", frame: str = "", place: str = "", time: str = "") -> Basis:
        """The basis of an indicator: its title, code and version, recall, ages and universe, and what the survey adds.

        Examples
        --------
        >>> import evidencekit as ek
        >>> ek.findings.Basis.of(ek.indicator("V14"), mode="face to face").definition.split()[0]
        'V14'
        """
        if not isinstance(indicator, Indicator):
            raise InputError(f"Basis.of() takes an Indicator, not a {type(indicator).__name__}.", "Take one from ek.indicator(code).")
        ages = indicator.ages
        return cls(
            harm=indicator.title or indicator.code,
            recall="" if indicator.recall == "not stated" else indicator.recall,
            age="" if ages is None else f"{ages[0]}-{ages[1]}" if ages[1] is not None else f"{ages[0]} and over",
            denominator=indicator.universe,
            definition=f"{indicator.code} {indicator.version}",
            mode=mode,
            frame=frame,
            place=place,
            time=time,
        )


def breaks(one: Basis, other: Basis, *, besides: Sequence[str] = ("time",)) -> tuple[str, ...]:
    """What keeps two numbers from being set against each other, a line each; none where nothing does.

    Parameters
    ----------
    one, other : Basis
        Of the two numbers.
    besides : sequence of str
        Aspects that may differ: by default the time, as between two rounds.

    Returns
    -------
    tuple of str
        An aspect that differs, or one of question, age, mode and frame that is not stated of both: what is not known to be alike is
        not taken to be.

    Examples
    --------
    >>> from evidencekit.findings import Basis, breaks
    >>> breaks(Basis(harm="a", age="12-17", mode="web", frame="panel"), Basis(harm="a", age="13-17", mode="web"))
    ('the ages: 12-17 and 13-17', 'where they were drawn from: panel and not stated')
    """
    for given in (one, other):
        if not isinstance(given, Basis):
            raise InputError(f"breaks() takes two Basis, not a {type(given).__name__}.", "Make them: ek.findings.Basis(...).")
    if isinstance(besides, str) or not isinstance(besides, Sequence):
        raise InputError("besides= of breaks() is a list of aspects.", f"Of these: {', '.join(map(repr, ASPECTS))}.")
    for one_of_them in besides:
        one_of("besides", one_of_them, ASPECTS)
    out: list[str] = []
    for name, aspect in ASPECTS.items():
        first, second = getattr(one, name), getattr(other, name)
        if name in besides:
            continue
        if not first and not second:
            out += [said("{aspect}: not stated", {"aspect": aspect})] if name in NEEDED else []
        elif first.casefold() != second.casefold():
            both = {"one": first or said("not stated"), "other": second or said("not stated")}
            out.append(said("{aspect}: {one} and {other}", {"aspect": aspect, **both}))
    return tuple(out)
