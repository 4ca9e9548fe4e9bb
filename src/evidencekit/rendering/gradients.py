"""Gradient charts: for each labelled number nested intervals, darker and taller the less sure, and a mark at the number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.keys import Key, hollow_key
from evidencekit.rendering.rows import HIDDEN, Number, State, check_numbers, check_shares, put_mark, said
from evidencekit.rendering.ruler import Ruler
from evidencekit.rendering.stacking import Entry, Words, stacked

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["GradientRow", "gradient_chart"]

_SHADES = ("#0072b2", "#56a3cf", "#9ccae6", "#cfe5f3")  # BLUE and its tints, from the narrowest band to the widest
_HEIGHTS = (15.0, 11.0, 7.0, 3.5)  # points: taller where darker, so that the bands differ without colour
MOST = len(_SHADES)
_FULL, _HOLLOW = ("white", page.INK), (page.INK, "white")  # outline and inside of a mark, seen on every shade
_LEAST = 2.5  # points: the width of a band that has none, so that it is seen
_SWATCH = 30.0

Band = tuple[float, float]


@dataclass(frozen=True, slots=True)
class GradientRow:
    """One line of a gradient chart.

    Parameters
    ----------
    label : str
        What the number is of, or for whom.
    value : float, optional
        The number: a share from 0 to 1, or any other where the chart is given `number`. None in a hidden row: nothing
        that is hidden is handed on.
    bands : sequence of (float, float)
        Its limits at each confidence level of the chart, from the narrowest to the widest, each within the next.
    text : str
        The number in words, to the right; in a hidden row, why it is hidden. Made in English where it is empty: the
        number with its widest band.
    state : {"shown", "caution", "protected", "uncertain", "review"}
        "caution" has a hollow mark (say why in `text`); "protected", "uncertain" and "review" are the kinds of hidden.
    strong : bool
        The row the chart is about: bold, on a shade.

    Raises
    ------
    InputError
        When the numbers do not fit together, or a hidden row has one.

    Examples
    --------
    >>> from evidencekit.rendering.gradients import GradientRow
    >>> GradientRow("Girls", 0.14, bands=[(0.13, 0.15), (0.11, 0.18)]).label
    'Girls'
    """

    label: str
    value: float | None = None
    _: KW_ONLY
    bands: Sequence[Band] = ()
    text: str = ""
    state: State = "shown"
    strong: bool = False

    def __post_init__(self) -> None:
        """Refuse numbers that do not fit together, and numbers in a hidden row."""
        if any(len(band) != 2 for band in self.bands):
            raise InputError("A band has two ends.", "Pass bands=[(low, high), ...].")
        inner: tuple[float | None, float | None] = (self.value, self.value)
        check_numbers(self.state, self.value, None, None)
        for low, high in self.bands:
            check_numbers(self.state, self.value, low, high)
            if self.value is None or inner[0] is None or inner[1] is None or not low <= inner[0] <= inner[1] <= high:
                raise InputError("A band is not within the next.", "Pass the narrowest band first.")
            inner = (low, high)

    def said(self, number: Number | None = None) -> str:
        """The number with its widest band, or why it is hidden, in words."""
        if self.text or self.value is None:
            return self.text or HIDDEN[self.state][0]
        return said(self.value, *(self.bands[-1] if self.bands else (None, None)), number)


def gradient_chart(
    rows: Sequence[GradientRow],
    *,
    levels: Sequence[str] = ("50% interval", "80% interval", "95% interval"),
    title: str = "",
    caption: str = "",
    axis_label: str = "",
    key: str = "uncertain",
    number: Number | None = None,
    alt: str | None = None,
) -> page.Picture:
    """Draw numbers with their nested intervals as bands, in the order given, on a scale that holds 0.

    Parameters
    ----------
    rows : sequence of GradientRow
        From top to bottom. Each that is shown has a band for every level, or none at all.
    levels : sequence of str
        What the bands are, from the narrowest to the widest, in words; at most four. By default those of 50%, 80% and 95%.
    title, caption : str
        Above and below: what is shown; of whom, when, by whom asked.
    axis_label : str
        What the scale is of.
    key : str
        What a hollow mark means, said below the scale where there is one, and in the alternative text.
    number : callable, optional
        Writes a number, also of the scale. By default the numbers are shares, or differences of shares, in percent.
    alt : str, optional
        The picture in words. By default the title, every row's label and number, and which interval is in brackets.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When there are no rows, bands and levels are not as many, or no font has the letters of a text.

    References
    ----------
    Correll and Gleicher (2014), IEEE Trans. Vis. Comput. Graph. 20, 2142-2151.

    Examples
    --------
    >>> from evidencekit.rendering.gradients import GradientRow, gradient_chart
    >>> rows = [GradientRow("Girls", 0.14, bands=[(0.13, 0.15), (0.12, 0.16), (0.11, 0.18)])]
    >>> gradient_chart(rows, title="Asked for a sexual image")
    Picture('Asked for a sexual image')
    Asked for a sexual image. Girls: 14% (11 to 18). Bands: 50% interval, 80% interval, 95% interval.
    """
    _check(rows, levels, number)
    listed = "; ".join(f"{row.label}: {row.said(number)}{f', {key}' if row.state == 'caution' else ''}" for row in rows) + "."
    banded = any(row.bands for row in rows)
    bands = f"Bands: {', '.join(levels)}." if banded else ""
    described = alt or " ".join(filter(None, (f"{title.rstrip('. ')}." if title.strip(". ") else "", listed, bands)))
    keys = [_band_key(k, level, len(levels)) for k, level in enumerate(levels)] if banded else []
    if any(row.state == "caution" for row in rows):
        keys.append(hollow_key(key, outline=page.INK))
    entries, ends, words = [_entry(row, number) for row in rows], _ends(rows), Words(title, caption, axis_label)
    return page.picture(lambda: stacked(entries, ends, words, keys=keys, number=number), title or "Gradient chart", described)


def _check(rows: Sequence[GradientRow], levels: Sequence[str], number: Number | None) -> None:
    """Refuse rows that do not fit the levels."""
    if not rows:
        raise InputError("The chart has no rows.", "Pass at least one GradientRow.")
    if isinstance(levels, str) or not 1 <= len(levels) <= MOST:
        raise InputError(f"levels= has from 1 to {MOST} texts, one for each band.", "More shades cannot be told apart.")
    if any(len(row.bands) not in (0, len(levels)) for row in rows):
        raise InputError("A row has more or fewer bands than there are levels.", "Pass levels=, a text for each band.")
    check_shares(_ends(rows), number)


def _ends(rows: Sequence[GradientRow]) -> list[float]:
    """The smallest and largest number of each row that is shown."""
    return [end for row in rows if row.value is not None for end in (row.bands[-1] if row.bands else (row.value,))]


def _entry(row: GradientRow, number: Number | None) -> Entry:
    """A row as it is stacked with others."""
    if row.value is None:
        return Entry(row.label, hidden=row.said(), state=row.state, strong=row.strong)
    return Entry(
        *(row.label,), cells=(row.said(number),), state=row.state, strong=row.strong, put=lambda axes, ruler, y: _put(axes, row, ruler, y)
    )


def _put(axes: Axes, row: GradientRow, ruler: Ruler, y: float) -> None:
    """Draw the bands, the widest first, and the mark on them."""
    for k in reversed(range(len(row.bands))):
        left, right = (ruler.at(end) for end in row.bands[k])
        _put_band(axes, (left, right), y, _step(k, len(row.bands)))
    put_mark(axes, ruler.at(row.value or 0.0), y, "o", (8, *(_HOLLOW if row.state == "caution" else _FULL)))


def _put_band(axes: Axes, ends: tuple[float, float], y: float, step: int) -> None:
    from matplotlib.patches import Rectangle

    left, right, tall = *ends, _HEIGHTS[step]
    wide = max(right - left, _LEAST)
    left = (left + right - wide) / 2
    axes.add_patch(Rectangle((left, y - tall / 2), wide, tall, facecolor=_SHADES[step], linewidth=0, zorder=2 - step / 10))


def _step(k: int, bands: int) -> int:
    """Which shade a band has: the darkest is always there, and two bands are far apart."""
    return (0, 2)[k] if bands == 2 else k


def _band_key(k: int, text: str, bands: int) -> Key:
    """What a band is."""
    return Key(text, lambda axes, x, y: _put_band(axes, (x, x + _SWATCH - 8), y, _step(k, bands)), _SWATCH)
