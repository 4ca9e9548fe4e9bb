"""Overlap charts: which things come together, as bars over a matrix of dots, after UpSet; hidden ones are marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.overlapping import Around, Column, Row, drawn
from evidencekit.rendering.rows import HIDDEN, State, check_parts, said

__all__ = ["Overlap", "OverlapSet", "overlap_chart"]

MOST_SETS, MOST_OVERLAPS = 7, 20


@dataclass(frozen=True, slots=True)
class OverlapSet:
    """One of the things that come together, with its total.

    Parameters
    ----------
    label : str
        What it is: "asked for a sexual image".
    value : float, optional
        The share of all who are in it, from 0 to 1, alone or with others. None in a hidden one: nothing that is hidden is
        handed on.
    low, high : float, optional
        Its interval, for the alternative text.
    text : str
        The number as it stands beside the label; in a hidden one, why it is hidden. Made in English where it is empty.
    state : {"shown", "caution", "protected", "uncertain", "review"}
        "caution" has a hatched bar; "protected", "uncertain" and "review" are the kinds of hidden, each with a mark.

    Raises
    ------
    InputError
        When the numbers do not fit together, or a hidden set has one.

    Examples
    --------
    >>> from evidencekit.rendering.overlaps import OverlapSet
    >>> OverlapSet("asked", 0.14, low=0.11, high=0.18).said
    '14% (11 to 18)'
    """

    label: str
    value: float | None = None
    _: KW_ONLY
    low: float | None = None
    high: float | None = None
    text: str = ""
    state: State = "shown"

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, and numbers in a hidden set."""
        check_parts(self.state, self.value, self.low, self.high)

    @property
    def said(self) -> str:
        """The number with its interval, or why it is hidden, in words."""
        return _said(self)

    @property
    def short(self) -> str:
        """The number as it is drawn, or why it is hidden."""
        return _short(self)


@dataclass(frozen=True, slots=True)
class Overlap:
    """One combination: the share of those in exactly these sets, and in no other of the chart.

    Parameters
    ----------
    sets : sequence of str
        Labels of the sets that come together. Empty for those in none of them.
    value : float, optional
        The share, from 0 to 1. None in a hidden one: nothing that is hidden is handed on.
    low, high : float, optional
        Its interval. None where there is none.
    text : str
        The number as it stands on the bar; in a hidden one, why it is hidden. Made in English where it is empty.
    state : {"shown", "caution", "protected", "uncertain", "review"}
        As in `OverlapSet`.
    label : str
        The combination in the alternative text. Made in English where it is empty.

    Raises
    ------
    InputError
        When a set is named twice, the numbers do not fit together, or a hidden combination has one.

    Examples
    --------
    >>> from evidencekit.rendering.overlaps import Overlap
    >>> Overlap(["asked", "threatened"], 0.05, low=0.03, high=0.07).called, Overlap(["asked"], state="protected").called
    ('asked and threatened', 'asked only')
    """

    sets: Sequence[str]
    value: float | None = None
    _: KW_ONLY
    low: float | None = None
    high: float | None = None
    text: str = ""
    state: State = "shown"
    label: str = ""

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, and numbers in a hidden combination."""
        if isinstance(self.sets, str):
            raise InputError("sets= is a sequence of labels, not a text.", "Pass a list, with one label for one set.")
        if len(set(self.sets)) < len(self.sets):
            raise InputError("A combination names a set twice.", "Name each set once.")
        check_parts(self.state, self.value, self.low, self.high)

    @property
    def called(self) -> str:
        """The combination in words."""
        if self.label:
            return self.label
        if len(self.sets) < 2:
            return f"{self.sets[0]} only" if self.sets else "none of these"
        return f"{', '.join(self.sets[:-1])} and {self.sets[-1]}"

    @property
    def said(self) -> str:
        """The number with its interval, or why it is hidden, in words."""
        return _said(self)

    @property
    def short(self) -> str:
        """The number as it is drawn, or why it is hidden."""
        return _short(self)


def overlap_chart(
    overlaps: Sequence[Overlap],
    *,
    sets: Sequence[OverlapSet],
    title: str = "",
    caption: str = "",
    key: str = "uncertain",
    alt: str | None = None,
) -> page.Picture:
    """Draw a bar with its interval for each combination over a matrix of dots, joined by a line, and the sets' totals at the left.

    A hidden combination can be worked out where the total of one of its sets and all its other combinations are shown:
    what may be shown together has to be settled before, for all of them at once.

    Parameters
    ----------
    overlaps : sequence of Overlap
        From left to right, at most 20.
    sets : sequence of OverlapSet
        From top to bottom, at most 7.
    title, caption : str
        Above and below: what is shown; of whom, when, by whom asked, and what the whiskers are.
    key : str
        What a hatched bar means, said below where there is one, and in the alternative text.
    alt : str, optional
        The picture in words. By default the title, every combination and every set with its number and interval.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When there are no or too many sets or combinations, one is there twice, a combination has a set that is not among
        the sets, a number is too long, or no font has the letters of a text.

    References
    ----------
    Lex, Gehlenborg, Strobelt, Vuillemot and Pfister (2014), IEEE Trans. Vis. Comput. Graph. 20, 1983-1992.

    Examples
    --------
    >>> from evidencekit.rendering.overlaps import Overlap, OverlapSet, overlap_chart
    >>> sets = [OverlapSet("asked", 0.14, low=0.11, high=0.18), OverlapSet("threatened", 0.06, low=0.04, high=0.09)]
    >>> overlaps = [Overlap(["asked"], 0.12, low=0.09, high=0.16), Overlap(["asked", "threatened"], state="protected")]
    >>> overlap_chart(overlaps, sets=sets, title="Harms that come together")
    Picture('Harms that come together')
    Harms that come together. asked only: 12% (9 to 16); asked and threatened: protected. In all: asked: 14% (11 to 18);
    threatened: 6% (4 to 9).
    """
    places = _places(overlaps, sets)
    listed = [
        "; ".join(f"{name}: {one.said}{f', {key}' if one.state == 'caution' else ''}" for name, one in part) + "."
        for part in ([(o.called, o) for o in overlaps], [(s.label, s) for s in sets])
    ]
    described = alt or ". ".join(filter(None, (title.rstrip(". "), f"{listed[0]} In all: {listed[1]}")))
    columns = [Column(frozenset(places[name] for name in o.sets), o.short, o.value, (o.low, o.high), o.state) for o in overlaps]
    totals = [Row(s.label, s.short, s.value, s.state) for s in sets]
    return page.picture(lambda: drawn(columns, totals, Around(title, caption, key)), title or "Overlap chart", described)


def _places(overlaps: Sequence[Overlap], sets: Sequence[OverlapSet]) -> dict[str, int]:
    """Say in which row each set stands, and refuse what does not fit together."""
    if not overlaps or not sets:
        raise InputError("The chart needs a set and a combination.", "Pass at least one OverlapSet and one Overlap.")
    if len(sets) > MOST_SETS:
        raise InputError(
            f"There are {len(sets)} sets; at most {MOST_SETS} can be read together.",
            "Put some into one, or draw the most common; say in the caption which are left out.",
        )
    if len(overlaps) > MOST_OVERLAPS:
        raise InputError(
            f"There are {len(overlaps)} combinations; at most {MOST_OVERLAPS} can be read together.",
            "Draw the largest; say in the caption how many are left out. Do not add the rest up where one of them is hidden.",
        )
    places: dict[str, int] = {}
    for k, one in enumerate(sets):
        if one.label in places:
            raise InputError(f"sets[{places[one.label]}] and sets[{k}] have the same label.", "Pass each set once.")
        places[one.label] = k
    seen: dict[frozenset[str], int] = {}
    for k, combination in enumerate(overlaps):
        named = frozenset(combination.sets)
        if not named <= places.keys():
            raise InputError(f"overlaps[{k}] has a set that is not among the sets.", "Use the labels of sets=, letter by letter.")
        if named in seen:
            raise InputError(f"overlaps[{seen[named]}] and overlaps[{k}] are the same combination.", "Pass each combination once.")
        seen[named] = k
    return places


def _short(one: Overlap | OverlapSet) -> str:
    if one.text or one.value is None:
        return one.text or HIDDEN[one.state][0]
    return said(one.value, None, None)


def _said(one: Overlap | OverlapSet) -> str:
    if one.value is None or not one.text or one.low is None or one.high is None:
        return one.text or (HIDDEN[one.state][0] if one.value is None else said(one.value, one.low, one.high))
    return f"{one.text} ({said(one.low, None, None)} to {said(one.high, None, None)})"
