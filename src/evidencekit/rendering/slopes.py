"""Slope charts: numbers of two or more rounds joined by lines, named at both ends without overlaps; hidden ones in words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite

from evidencekit.errors import InputError
from evidencekit.rendering import figure as page
from evidencekit.rendering.rows import Number, check_shares
from evidencekit.rendering.slope_lines import SlopeLine, SlopePoint
from evidencekit.rendering.sloping import Around, drawn

__all__ = ["SlopeLine", "SlopePoint", "slope_chart"]


def slope_chart(
    lines: Sequence[SlopeLine],
    *,
    rounds: Sequence[float],
    names: Sequence[str] = (),
    title: str = "",
    caption: str = "",
    key: str = "uncertain",
    number: Number | None = None,
    alt: str | None = None,
) -> page.Picture:
    """Draw the numbers of rounds as marks with whiskers joined by lines, over the years, on a scale that holds 0.

    Parameters
    ----------
    lines : sequence of SlopeLine
        Each has a mark of its own, so that lines can be told apart without colour.
    rounds : sequence of float
        The years, at least two, each later than the one before; they may be unevenly spaced, and are drawn so.
    names : sequence of str
        What the rounds are called below the scale. By default the years.
    title, caption : str
        Above and below: what is shown; of whom, by whom asked, and what the whiskers are.
    key : str
        What a hollow mark means, said below the chart where there is one, and in the alternative text.
    number : callable, optional
        Writes a number, also of the scale. By default the numbers are shares, or differences of shares, in percent.
    alt : str, optional
        The picture in words. By default the title and every line's label, rounds, numbers and intervals.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When there are no lines, rounds and points are not as many, the years do not rise, or no font has the letters of a
        text.

    References
    ----------
    Tufte (1983), The Visual Display of Quantitative Information, Graphics Press, 158.

    Examples
    --------
    >>> from evidencekit.rendering.slopes import SlopeLine, SlopePoint, slope_chart
    >>> girls = SlopeLine("Girls", [SlopePoint(0.14, low=0.11, high=0.18), SlopePoint(0.18, low=0.15, high=0.22)])
    >>> boys = SlopeLine("Boys", [SlopePoint(0.09, low=0.06, high=0.13), SlopePoint(state="protected")])
    >>> slope_chart([girls, boys], rounds=[2017, 2021], title="Asked for a sexual image")
    Picture('Asked for a sexual image')
    Asked for a sexual image. Girls: 2017 14% (11 to 18), 2021 18% (15 to 22); Boys: 2017 9% (6 to 13), 2021 protected.
    """
    called = tuple(names) or tuple(f"{year:g}" for year in rounds)
    _check(lines, rounds, called, number)
    described = alt or ". ".join(filter(None, (title.rstrip(". "), _listed(lines, called, key, number))))
    around = Around(called, title, caption, key)
    return page.picture(lambda: drawn(lines, rounds, around, number), title or "Slope chart", described)


def _check(lines: Sequence[SlopeLine], rounds: Sequence[float], names: Sequence[str], number: Number | None) -> None:
    """Refuse lines that do not fit the rounds."""
    if not lines:
        raise InputError("The chart has no lines.", "Pass at least one SlopeLine.")
    if len(rounds) < 2 or not all(map(isfinite, rounds)) or any(a >= b for a, b in pairwise(rounds)):
        raise InputError("rounds= has at least two years, each later than the one before.", "Sort the rounds by year.")
    if len(names) != len(rounds):
        raise InputError("There are more or fewer names than rounds.", "Pass names=, one for each round, or leave it out.")
    if any(len(line.points) != len(rounds) for line in lines):
        raise InputError(
            "A line has more or fewer points than there are rounds.", "Pass a hidden SlopePoint for a round that is not shown."
        )
    check_shares([end for line in lines for p in line.points for end in (p.low, p.value, p.high) if end is not None], number)


def _listed(lines: Sequence[SlopeLine], names: Sequence[str], key: str, number: Number | None) -> str:
    """Every line in words."""
    parts: list[str] = []
    for line in lines:
        points = zip(names, line.points, strict=True)
        rounds = (f"{name} {p.said(number, interval=True)}{f' ({key})' if p.state == 'caution' else ''}" for name, p in points)
        parts.append(f"{line.label}: {', '.join(rounds)}")
    return "; ".join(parts) + "."
