"""Bars with their intervals, lying or upright: what cascades and overlaps have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from evidencekit.rendering import figure as page
from evidencekit.rendering.keys import Key

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["Box", "bar_key", "put_bar", "put_box", "put_whisker"]

_CAP = 4.0  # points: half the length of the ends of a whisker
_LEAST = 1.5  # points: what is seen of a bar of nothing


class Box(NamedTuple):
    """A rectangle on the sheet, in points."""

    left: float
    top: float
    wide: float
    tall: float


def put_box(
    axes: Axes, box: Box, *, inside: str = "none", edge: str = "none", hatch: str = "", stripes: str = "", dashed: bool = False
) -> None:
    """Draw a rectangle; hatching has the colour of its edge, or of `stripes`."""
    from matplotlib.patches import Rectangle

    axes.add_patch(
        Rectangle(
            *((box.left, box.top), box.wide, box.tall),
            facecolor=inside,
            edgecolor=edge,
            linewidth=0 if edge == "none" else 1.2,
            linestyle=(0, (3, 2)) if dashed else "solid",
            hatch=hatch or None,
            hatchcolor=stripes or edge,
            zorder=1.5,
        )
    )


def put_bar(axes: Axes, box: Box, *, caution: bool) -> None:
    """Draw a bar: full, or hatched on white where its number asks for caution. One of no length is a line."""
    wide, tall = max(box.wide, _LEAST), max(box.tall, _LEAST)
    box = Box(box.left, box.top + box.tall - tall, wide, tall)
    put_box(axes, box, inside="white" if caution else page.BLUE, edge=page.BLUE, hatch="////" if caution else "")


def put_whisker(axes: Axes, ends: tuple[float, float], at: float, *, upright: bool = False) -> None:
    """Draw an interval with a cap at each end; dark on a bar, and with a light edge so that it is seen on one."""
    for colour, wide, zorder in (("white", 4.2, 2.0), (page.INK, 1.8, 2.1)):
        for xs, ys in ((ends, (at, at)), *(((end, end), (at - _CAP, at + _CAP)) for end in ends)):
            places = (ys, xs) if upright else (xs, ys)
            axes.plot(*places, color=colour, linewidth=wide, solid_capstyle="butt", zorder=zorder)


def bar_key(text: str) -> Key:
    """What a hatched bar means."""
    return Key(text, lambda axes, x, y: put_bar(axes, Box(x, y - 6, 20, 12), caution=True), 28.0)
