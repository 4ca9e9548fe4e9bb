"""What every picture made of labelled numbers has in common: kinds of hidden, checks, words, marks and places."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from typing import TYPE_CHECKING, Literal, get_args

from evidencekit.errors import InputError, one_of
from evidencekit.rendering import figure as page

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = [
    "HIDDEN",
    "Number",
    "State",
    "check_numbers",
    "check_parts",
    "check_shares",
    "flow",
    "hidden_mark",
    "percent",
    "put_mark",
    "said",
    "spread",
]

State = Literal["shown", "caution", "protected", "uncertain", "review"]
Number = Callable[[float], str]
HIDDEN: dict[State, tuple[str, str, str]] = {  # words, marker, its inside
    "protected": ("protected", "s", page.SLATE),
    "uncertain": ("too uncertain to show", "D", "white"),
    "review": ("for review", "^", "white"),
}


def check_numbers(state: State, value: float | None, low: float | None, high: float | None) -> None:
    """Refuse numbers that do not fit together, and any in a hidden row.

    Raises
    ------
    InputError
        An unknown state, a number in a hidden row, one missing in a row that is shown, or not low <= value <= high.
    """
    one_of("state", state, get_args(State))
    numbers = (low, value, high)
    if state in HIDDEN:
        if any(n is not None for n in numbers):
            raise InputError("A hidden row carries no number.", "Leave value, low and high out.")
    elif value is None or (low is None) != (high is None):
        raise InputError("A row that is shown has a value, and both ends of its interval or neither.")
    elif not all(n is None or isfinite(n) for n in numbers):
        raise InputError("The numbers of a row are finite.", "Hide a row whose number is not known: state='uncertain'.")
    elif low is not None and high is not None and not low <= value <= high:
        raise InputError("The numbers of a row do not fit together: low <= value <= high must hold.")


def check_parts(state: State, value: float | None, low: float | None, high: float | None) -> None:
    """Refuse what `check_numbers` refuses, and numbers that are not parts of a whole, from 0 to 1."""
    check_numbers(state, value, low, high)
    if not all(n is None or 0 <= n <= 1 for n in (low, value, high)):
        raise InputError("The numbers of a row are shares: 0 <= low <= value <= high <= 1.", "Divide by 100.")


def check_shares(ends: Sequence[float], number: Number | None) -> None:
    """Refuse numbers that are neither shares nor differences of shares, where no way of writing others was given."""
    if number is None and any(abs(n) > 1 for n in ends):
        raise InputError(
            "The numbers are shares, from 0 to 1, or differences of shares.", "Divide by 100, or pass number= for other units."
        )


def percent(share: float) -> str:
    """Write a share as a percentage of at most two decimals, in English.

    Examples
    --------
    >>> from evidencekit.rendering.rows import percent
    >>> percent(0.125)
    '12.5%'
    """
    return f"{round(100 * share, 2) + 0.0:g}%".replace("-", "\N{MINUS SIGN}")


def said(value: float, low: float | None, high: float | None, number: Number | None = None) -> str:
    """Say a number with its interval, in English: '14% (11 to 18)' for shares, and as `number` writes it for others."""
    if number is not None:
        return number(value) if low is None or high is None else f"{number(value)} ({number(low)} to {number(high)})"
    point, *ends = (f"{100 * n + 0.0:.3g}".replace("-", "\N{MINUS SIGN}") for n in (value, low, high) if n is not None)
    return f"{point}% ({ends[0]} to {ends[1]})" if ends else f"{point}%"


def put_mark(axes: Axes, x: float, y: float, marker: str, look: tuple[float, str, str]) -> None:
    """Draw one mark of a size, outline and inside."""
    size, outline, inside = look
    axes.plot(
        *([x], [y], marker),
        markersize=size,
        markerfacecolor=inside,
        markeredgecolor=outline,
        markeredgewidth=1.6,
        zorder=3,
    )


def hidden_mark(axes: Axes, x: float, y: float, state: State) -> None:
    """Draw the mark of a kind of hidden."""
    _, marker, inside = HIDDEN[state]
    put_mark(axes, x, y, marker, (7, page.SLATE, inside))


def flow(boxes: Sequence[tuple[float, float]], room: float, *, air: float = 8.0) -> tuple[list[tuple[float, float]], float]:
    """Place boxes of (width, height) in rows as wide as `room`, `air` points apart; give their places and the height of all."""
    spots: list[tuple[float, float]] = []
    x = y = tall = 0.0
    for wide, high in boxes:
        if x and x + wide > room:
            x, y, tall = 0.0, y + tall + air, 0.0
        spots.append((x, y))
        x, tall = x + wide + 24, max(tall, high)
    return spots, y + tall


def spread(wanted: Sequence[float], sizes: Sequence[float], *, low: float, high: float) -> list[float]:
    """Move the middles of things along a line as little as possible so that none overlaps another.

    Parameters
    ----------
    wanted : sequence of float
        Where the middles should be, in points. Their order is kept.
    sizes : sequence of float
        How long each thing is.
    low, high : float
        Between these all of them stand, where they fit.

    Returns
    -------
    list of float
        The middles with the least sum of squared moves, by pooling adjacent violators.

    References
    ----------
    Barlow, Bartholomew, Bremner and Brunk (1972), Statistical Inference under Order Restrictions, Wiley.

    Examples
    --------
    >>> from evidencekit.rendering.rows import spread
    >>> spread([10.0, 12.0, 50.0], [10.0, 10.0, 10.0], low=0.0, high=100.0)
    [6.0, 16.0, 50.0]
    """
    order = sorted(range(len(wanted)), key=lambda k: wanted[k])
    before: list[float] = []  # how far below the first middle each must at least be
    for n, k in enumerate(order):
        before.append(before[-1] + (sizes[order[n - 1]] + sizes[k]) / 2 if n else 0.0)
    blocks: list[tuple[float, int]] = []  # sum of places, number of things
    for k, room in zip(order, before, strict=True):
        blocks.append((wanted[k] - room, 1))
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] >= blocks[-1][0] / blocks[-1][1]:
            (total, n), (more, m) = blocks[-2:]
            blocks[-2:] = [(total + more, n + m)]
    firsts = [total / n for total, n in blocks for _ in range(n)]
    out = [0.0] * len(wanted)
    if order:
        least, most = low + sizes[order[0]] / 2, high - sizes[order[-1]] / 2 - before[-1]
        for k, first, room in zip(order, firsts, before, strict=True):
            out[k] = max(min(first, most), least) + room
    return out
