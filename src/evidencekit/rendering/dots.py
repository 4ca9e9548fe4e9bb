"""Dot charts: a dot and a whisker for each labelled share, its number beside it, hidden ones said in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.keys import hollow_key
from evidencekit.rendering.rows import HIDDEN, State, check_parts, put_mark, said
from evidencekit.rendering.ruler import Ruler
from evidencekit.rendering.stacking import Entry, Words, stacked

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["DotRow", "State", "dot_chart"]


@dataclass(frozen=True, slots=True)
class DotRow:
    """One line of a dot chart.

    Parameters
    ----------
    label : str
        What the share is of, or for whom.
    value : float, optional
        The share, from 0 to 1. None in a hidden row: nothing that is hidden is handed on.
    low, high : float, optional
        Its interval. None where there is none.
    text : str
        The number in words, to the right; in a hidden row, why it is hidden. Made in English where it is empty.
    state : {"shown", "caution", "protected", "uncertain", "review"}
        "caution" has a hollow dot (say why in `text`); "protected", "uncertain" and "review" are the kinds of hidden.
    strong : bool
        The row the chart is about: bold, on a shade.

    Examples
    --------
    >>> from evidencekit.rendering.dots import DotRow
    >>> DotRow("Girls", 0.14, low=0.11, high=0.18).said
    '14% (11 to 18)'
    >>> DotRow("Another gender", state="protected").said
    'protected'
    """

    label: str
    value: float | None = None
    _: KW_ONLY
    low: float | None = None
    high: float | None = None
    text: str = ""
    state: State = "shown"
    strong: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, and numbers in a hidden row."""
        check_parts(self.state, self.value, self.low, self.high)

    @property
    def said(self) -> str:
        """The number, or why it is hidden, in words."""
        if self.text or self.value is None:
            return self.text or HIDDEN[self.state][0]
        return said(self.value, self.low, self.high)


def dot_chart(
    rows: Sequence[DotRow],
    *,
    title: str = "",
    caption: str = "",
    axis_label: str = "",
    key: str = "uncertain",
    alt: str | None = None,
) -> page.Picture:
    """Draw shares as dots with their intervals as whiskers, in the order given, on a scale of percent from 0.

    Parameters
    ----------
    rows : sequence of DotRow
        From top to bottom.
    title, caption : str
        Above and below: what is shown; of whom, when, by whom asked, and what the whiskers are.
    axis_label : str
        What the percentages are of.
    key : str
        What a hollow dot means, said below the scale where there is one, and in the alternative text.
    alt : str, optional
        The picture in words. By default the title and every row's label and number.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When there are no rows, or no font has the letters of a text.

    References
    ----------
    Cleveland and McGill (1984), JASA 79, 531-554.

    Examples
    --------
    >>> from evidencekit.rendering.dots import DotRow, dot_chart
    >>> rows = [DotRow("Girls", 0.14, low=0.11, high=0.18), DotRow("Boys", 0.09, low=0.06, high=0.13)]
    >>> dot_chart(rows, title="Asked for a sexual image")
    Picture('Asked for a sexual image')
    Asked for a sexual image. Girls: 14% (11 to 18); Boys: 9% (6 to 13).
    """
    if not rows:
        raise InputError("The chart has no rows.", "Pass at least one DotRow.")
    listed = "; ".join(f"{row.label}: {row.said}{f', {key}' if row.state == 'caution' else ''}" for row in rows) + "."
    described = alt or ". ".join(filter(None, (title.rstrip(". "), listed)))
    ends = [row.high or row.value for row in rows if row.value is not None]
    keys = [hollow_key(key)] if any(row.state == "caution" for row in rows) else []
    entries, words = [_entry(row) for row in rows], Words(title, caption, axis_label)
    return page.picture(lambda: stacked(entries, ends, words, keys=keys), title or "Dot chart", described)


def _entry(row: DotRow) -> Entry:
    """A row as it is stacked with others."""
    if row.value is None:
        return Entry(row.label, hidden=row.said, state=row.state, strong=row.strong)
    return Entry(row.label, cells=(row.said,), state=row.state, strong=row.strong, put=lambda axes, ruler, y: _put(axes, row, ruler, y))


def _put(axes: Axes, row: DotRow, ruler: Ruler, y: float) -> None:
    """Draw a whisker and a dot."""
    if row.low is not None and row.high is not None:
        ends = [ruler.at(row.low), ruler.at(row.high)]
        axes.plot(ends, [y, y], color=page.BLUE, linewidth=2.2, solid_capstyle="butt", zorder=2)
    put_mark(axes, ruler.at(row.value or 0.0), y, "o", (8, page.BLUE, "white" if row.state == "caution" else page.BLUE))
