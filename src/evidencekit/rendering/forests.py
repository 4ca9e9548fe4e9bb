"""Forest charts: a point and a whisker for each place, numbers and possible ranks in columns, headings, a diamond for what is pooled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.keys import hollow_key
from evidencekit.rendering.rows import HIDDEN, Number, State, check_numbers, check_shares, put_mark, said
from evidencekit.rendering.ruler import Ruler
from evidencekit.rendering.stacking import Entry, Put, Words, stacked

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ForestRow", "forest_chart"]

_TALL = 7.0  # points: half the height of a diamond
_LEAST = 4.0  # points: half the width of a diamond, at least
MOST = 3  # columns of text: more leave no room for the marks


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One line of a forest chart.

    Parameters
    ----------
    label : str
        The country, place or study.
    value : float, optional
        The number: a share from 0 to 1, or any other where the chart is given `number`. None in a hidden row: nothing
        that is hidden is handed on.
    low, high : float, optional
        Its interval. None where there is none.
    text : str
        The number in words, in the first column; in a hidden row, why it is hidden. Made in English where it is empty.
    more : sequence of str
        What stands in the columns after it, such as the possible ranks ("1 to 4"). Empty in a hidden row.
    group : str
        The heading under which it stands; rows of a group follow each other.
    state : {"shown", "caution", "protected", "uncertain", "review"}
        "caution" has a hollow point (say why in `text`); "protected", "uncertain" and "review" are the kinds of hidden.
    pooled : bool
        Whether it is pooled from the others: a diamond as wide as its interval.
    strong : bool
        The row the chart is about: bold, on a shade.

    Raises
    ------
    InputError
        When the numbers do not fit together, a hidden row has one, or a pooled row has no interval.

    Examples
    --------
    >>> from evidencekit.rendering.forests import ForestRow
    >>> ForestRow("Lumora", 0.14, low=0.11, high=0.18, more=["1 to 3"]).said()
    '14% (11 to 18)'
    """

    label: str
    value: float | None = None
    _: KW_ONLY
    low: float | None = None
    high: float | None = None
    text: str = ""
    more: Sequence[str] = ()
    group: str = ""
    state: State = "shown"
    pooled: bool = False
    strong: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, and numbers in a hidden row."""
        check_numbers(self.state, self.value, self.low, self.high)
        if isinstance(self.more, str):
            raise InputError("more= is a sequence of texts, one for each column after the first.", "Pass more=[text].")
        if self.value is None and any(self.more):
            raise InputError("A hidden row has no text in the columns of numbers.", "Say why it is hidden in text=.")
        if self.pooled and (self.low is None or self.state not in ("shown", "caution")):
            raise InputError("A pooled row is shown with its interval.", "Pass low= and high=, or leave the row out.")

    def said(self, number: Number | None = None) -> str:
        """The number with its interval, or why it is hidden, in words."""
        if self.text or self.value is None:
            return self.text or HIDDEN[self.state][0]
        return said(self.value, self.low, self.high, number)


def forest_chart(
    rows: Sequence[ForestRow],
    *,
    columns: Sequence[str] = (),
    title: str = "",
    caption: str = "",
    axis_label: str = "",
    key: str = "uncertain",
    number: Number | None = None,
    alt: str | None = None,
) -> page.Picture:
    """Draw places as points of one size with their intervals as whiskers, in the order given, on a scale that holds 0.

    Parameters
    ----------
    rows : sequence of ForestRow
        From top to bottom. A pooled row has a diamond, and a dashed line through the rows.
    columns : sequence of str
        Headings of the columns of text: that of the number, and one for each text in `more`; at most three. Needed
        where rows have `more`.
    title, caption : str
        Above and below: what is shown; of whom, when, by whom asked, and what the whiskers are.
    axis_label : str
        What the scale is of.
    key : str
        What a hollow point means, said below the scale where there is one, and in the alternative text.
    number : callable, optional
        Writes a number, also of the scale. By default the numbers are shares, or differences of shares, in percent.
    alt : str, optional
        The picture in words. By default the title and every row's group, label, number and further columns.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When there are no rows, a group is parted, columns and texts are not as many, or no font has the letters of a text.

    References
    ----------
    Lewis and Clarke (2001), BMJ 322, 1479-1480.

    Examples
    --------
    >>> from evidencekit.rendering.forests import ForestRow, forest_chart
    >>> rows = [ForestRow("Lumora", 0.14, low=0.11, high=0.18, more=["1 to 2"]), ForestRow("Vessa", state="protected")]
    >>> forest_chart(rows, columns=["Share", "Ranks"], title="Asked for a sexual image")
    Picture('Asked for a sexual image')
    Asked for a sexual image. Lumora: 14% (11 to 18), Ranks 1 to 2; Vessa: protected.
    """
    _check(rows, columns, number)
    described = alt or ". ".join(filter(None, (title.rstrip(". "), _listed(rows, columns, key, number))))
    ends = [end for row in rows for end in (row.low, row.value, row.high) if end is not None]
    keys = [hollow_key(key)] if any(row.state == "caution" for row in rows) else []
    entries, words = _entries(rows, max(len(columns), 1), number), Words(title, caption, axis_label, tuple(columns))
    guides = [row.value for row in rows if row.pooled and row.value is not None]
    return page.picture(lambda: stacked(entries, ends, words, keys=keys, number=number, guides=guides), title or "Forest chart", described)


def _check(rows: Sequence[ForestRow], columns: Sequence[str], number: Number | None) -> None:
    """Refuse rows that do not fit together."""
    if not rows:
        raise InputError("The chart has no rows.", "Pass at least one ForestRow.")
    if isinstance(columns, str) or len(columns) > MOST:
        raise InputError(f"columns= has at most {MOST} headings.", "Leave out what can stand in the caption.")
    if any(row.value is not None and len(row.more) != max(len(columns), 1) - 1 for row in rows):
        raise InputError(
            "A row has more or fewer texts than there are columns.", "Pass columns=: the number's heading, then one for each in more=."
        )
    if len({row.group for row in rows}) != 1 + sum(a.group != b.group for a, b in pairwise(rows)):
        raise InputError("The rows of a group do not follow each other.", "Sort them by group.")
    check_shares([end for row in rows for end in (row.low, row.value, row.high) if end is not None], number)


def _listed(rows: Sequence[ForestRow], columns: Sequence[str], key: str, number: Number | None) -> str:
    """Every row in words."""
    parts: list[str] = []
    for k, row in enumerate(rows):
        group = f"{row.group.rstrip(':')}: " if row.group and (not k or rows[k - 1].group != row.group) else ""
        unsure = f", {key}" if row.state == "caution" else ""
        more = "".join(f", {head} {text}".replace("  ", " ") for head, text in zip(columns[1:], row.more, strict=False) if text)
        parts.append(f"{group}{row.label}: {row.said(number)}{unsure}{more}")
    return "; ".join(parts) + "."


def _entries(rows: Sequence[ForestRow], columns: int, number: Number | None) -> list[Entry]:
    """The rows as they are stacked, with a heading before each group."""
    entries: list[Entry] = []
    for k, row in enumerate(rows):
        if row.group and (not k or rows[k - 1].group != row.group):
            entries.append(Entry(row.group, heading=True))
        cells = (row.said(number), *row.more) if row.value is not None else ()
        hidden, put = (row.said(), None) if row.value is None else ("", _putting(row))
        entries.append(Entry(row.label, cells=cells[:columns], hidden=hidden, state=row.state, strong=row.strong or row.pooled, put=put))
    return entries


def _putting(row: ForestRow) -> Put:
    """How the marks of a row are drawn."""
    return lambda axes, ruler, y: (_put_diamond if row.pooled else _put_point)(axes, row, ruler, y)


def _put_point(axes: Axes, row: ForestRow, ruler: Ruler, y: float) -> None:
    """Draw a whisker and a point; points are of one size, so that none counts as more."""
    if row.low is not None and row.high is not None:
        axes.plot([ruler.at(row.low), ruler.at(row.high)], [y, y], color=page.BLUE, linewidth=2.2, solid_capstyle="butt", zorder=2)
    put_mark(axes, ruler.at(row.value or 0.0), y, "o", (8, page.BLUE, "white" if row.state == "caution" else page.BLUE))


def _put_diamond(axes: Axes, row: ForestRow, ruler: Ruler, y: float) -> None:
    """Draw a diamond from end to end of the interval, its height at the number."""
    from matplotlib.patches import Polygon

    middle = ruler.at(row.value or 0.0)
    left, right = min(ruler.at(row.low or 0.0), middle - _LEAST), max(ruler.at(row.high or 0.0), middle + _LEAST)
    corners = [(left, y), (middle, y - _TALL), (right, y), (middle, y + _TALL)]
    inside = "white" if row.state == "caution" else page.VERMILLION
    axes.add_patch(Polygon(corners, closed=True, facecolor=inside, edgecolor=page.VERMILLION, linewidth=1.2, zorder=3))
