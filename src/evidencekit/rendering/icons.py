"""Icon arrays: x people out of y, drawn one by one, with the range of the estimate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import index
from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from evidencekit.errors import InputError, one_of
from evidencekit.rendering import figure as page
from evidencekit.rendering.rows import flow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.path import Path

__all__ = ["Icon", "icon_array"]

Icon = Literal["person", "dot"]
_Face = Literal["filled", "filled, in range", "in range", "rest"]
_Entry = tuple[list[_Face], str, bool]  # of the legend: icons, words, whether it is the estimate's
_Looks = dict[_Face, tuple[str, str, str]]  # inside, outline, stripes
_LARGE: _Looks = {  # the range is a pattern, not only a colour
    "filled": (page.BLUE, page.BLUE, ""),
    "filled, in range": (page.BLUE, page.BLUE, "white"),
    "in range": ("white", page.BLUE, page.BLUE),
    "rest": (page.PALE, page.PALE, ""),
}
# Stripes on a small icon are only a blur: there the range is outlined, light below the estimate and white above it.
_SMALL: _Looks = {**_LARGE, "filled, in range": (page.SKY, page.BLUE, ""), "in range": ("white", page.BLUE, "")}
MOST = 1000  # icons: more cannot be told apart on a page
_GAP = 14.0  # points between title, grid, legend and caption
_SWATCH, _FLAT = 22.0, 16.0  # points: height of an icon in the legend, and where the sheet would be too tall
_NARROW, _FEW = 320.0, 40  # points, icons: on narrower sheets more than so many stand in long rows from the start
_LEAST = 17.0  # points: height under which an icon is small
_WIDE: dict[Icon, float] = {"person": 0.5, "dot": 1.0}  # width of an icon against its height
_BETWEEN = 0.9  # columns and rows left out between two blocks


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where icons stand: `columns` to a block of at most 100, `across` blocks side by side, `step` points apart."""

    total: int
    columns: int
    across: int
    step: float
    icon: Icon

    @property
    def tall(self) -> float:
        """From row to row, in points."""
        return self.step * (1.36 if self.icon == "person" else 1.0)

    @property
    def size(self) -> float:
        """Height of an icon, in points."""
        return self.step * (1.14 if self.icon == "person" else 0.82)

    @property
    def width(self) -> float:
        """Of all blocks, in points."""
        return (self.across * (self.columns + _BETWEEN) - _BETWEEN - 1) * self.step + self.size * _WIDE[self.icon]

    @property
    def height(self) -> float:
        """Of all blocks, in points."""
        return max(self.place(k)[1] for k in range(self.total)) + self.size / 2

    def place(self, k: int) -> tuple[float, float]:
        """Give the middle of icon `k`. Blocks fill one after the other, so that hundreds can be counted."""
        block, inside = divmod(k, 100)
        down, right = divmod(inside, self.columns)
        row, column = divmod(block, self.across)
        x = column * (self.columns + _BETWEEN) + right
        y = row * (10 + _BETWEEN) + down
        return x * self.step + self.size * _WIDE[self.icon] / 2, y * self.tall + self.size / 2


class _Look(NamedTuple):
    """How a legend is set: the height of its icons, the points between its rows, and those above it."""

    swatch: float
    air: float
    gap: float


def icon_array(
    filled: int,
    total: int = 100,
    *,
    low: int | None = None,
    high: int | None = None,
    title: str = "",
    caption: str = "",
    legend: Sequence[str] | None = None,
    icon: Icon = "person",
    alt: str | None = None,
) -> page.Picture:
    """Draw `total` icons of which `filled` are filled.

    Parameters
    ----------
    filled, total : int
        "x in y": exactly `filled` icons are filled with colour. At most 1,000 in all; over 100 they stand in blocks of
        a hundred.
    low, high : int, optional
        The range of the estimate, out of `total`: icons between them are striped (small ones outlined), those up to
        `filled` on colour and those above on white. Leave both out where the range is less than an icon, and say it in
        the caption.
    title, caption : str
        Above and below: what is shown; of whom, when, by whom asked.
    legend : sequence of str, optional
        What the icons stand for: without a range the filled and the others; with one those up to `low`, up to `filled`, up to `high`,
        and the others. In English by default. An entry that no icon would show is left out.
    icon : {"person", "dot"}
        What is drawn.
    alt : str, optional
        The picture in words. By default made of the title and the numbers, in English.

    Returns
    -------
    Picture

    Raises
    ------
    InputError
        When the numbers do not fit together, or no font has the letters of a text.

    References
    ----------
    Galesic, Garcia-Retamero and Gigerenzer (2009), Health Psychol. 28, 210-216.

    Examples
    --------
    >>> from evidencekit.rendering.icons import icon_array
    >>> icon_array(12, low=10, high=14, title="About 12 in 100 children")
    Picture('About 12 in 100 children')
    About 12 in 100 children. 12 of 100 icons are filled; the range of the estimate is 10 to 14 of 100.
    """
    filled, total, ends = _checked(filled, total, low, high)
    one_of("icon", icon, get_args(Icon))
    words = _words(filled, total, ends, legend)
    shown = f"{filled:,} of {total:,} icons are filled"
    if ends:
        shown += f"; the range of the estimate is {ends[0]:,} to {ends[1]:,} of {total:,}"
    described = alt or ". ".join(filter(None, (title.rstrip(". "), f"{shown}.")))
    faces = _faces(filled, total, ends)
    return page.picture(lambda: _drawn(faces, (title, caption), words, icon), title or shown, described)


def _drawn(faces: list[_Face], around: tuple[str, str], words: list[_Entry], icon: Icon) -> Figure:
    """Put everything on a sheet, in longer rows and with a closer legend where it would be taller than it may."""
    looks = (_Look(_SWATCH, 8.0, _GAP), _Look(_FLAT, 3.0, _GAP / 2))
    tried = [(grid, look) for grid in _grids(len(faces), icon) for look in looks]
    sheets = [_stacked(faces, around, words, one) for one in tried]
    return next((draw for tall, draw in sheets if tall <= page.tallest()), sheets[-1][1])()


def _stacked(
    faces: list[_Face], around: tuple[str, str], words: list[_Entry], look: tuple[_Grid, _Look]
) -> tuple[float, Callable[[], Figure]]:
    """Stack title, grid, legend and caption; a narrow grid has its legend beside it. Give the height, and what draws it."""
    (title, caption), (grid, (swatch, air, gap)), icon = around, look, look[0].icon
    inner = page.width() - 2 * page.MARGIN
    beside = grid.width < 0.55 * inner and grid.height > 100
    heading = page.lettering(title, inner, size=page.TITLE, bold=True)
    below = page.lettering(caption, inner)
    room = inner - grid.width - 2 * _GAP if beside else inner
    wide = [swatch * _WIDE[icon] * 1.2 * len(shown) + 7 for shown, _, _ in words]  # of the icons of an entry
    legend = [page.lettering(text, room - left, bold=bold) for left, (_, text, bold) in zip(wide, words, strict=True)]
    boxes = [(left + text.width, max(text.height, swatch)) for left, text in zip(wide, legend, strict=True)]
    spots, tall = flow(boxes, 0 if beside else room, air=air)
    top = page.MARGIN + (heading.height + _GAP if title else 0)
    middle = max(grid.height, tall) if beside else grid.height + gap + tall
    high = top + middle + (_GAP + below.height if caption else 0) + page.MARGIN

    def draw() -> Figure:
        figure, axes = page.sheet(high)
        heading.draw(axes, page.MARGIN, page.MARGIN)
        looks = _LARGE if grid.size >= _LEAST else _SMALL
        _put_icons(axes, [(page.MARGIN + x, top + y) for x, y in map(grid.place, range(grid.total))], faces, icon, looks, grid.size)
        x, y = (page.MARGIN + grid.width + 2 * _GAP, top) if beside else (page.MARGIN, top + grid.height + gap)
        for (shown, _, _), text, left, (right, down) in zip(words, legend, wide, spots, strict=True):
            places = [(x + right + (k + 0.5) * swatch * _WIDE[icon] * 1.2, y + down + swatch / 2) for k in range(len(shown))]
            _put_icons(axes, places, shown, icon, looks, swatch)
            text.draw(axes, x + right + left, y + down + max(0, swatch - text.height) / 2)
        below.draw(axes, page.MARGIN, top + middle + _GAP, color=page.SLATE)
        return figure

    return high, draw


def _checked(filled: int, total: int, low: int | None, high: int | None) -> tuple[int, int, tuple[int, int] | None]:
    """Refuse numbers that do not fit together."""
    if (low is None) != (high is None):
        raise InputError("A range has two ends.", "Pass low= and high=, or neither.")
    try:
        filled, total = index(filled), index(total)
        ends = None if low is None or high is None else (index(low), index(high))
    except TypeError:
        raise InputError("Icons are counted: filled, total, low and high are whole numbers.", "Round them.") from None
    if not 1 <= total <= MOST:
        raise InputError(f"A picture has from 1 to {MOST:,} icons.", "Say rarer things in words, or in a dot chart.")
    low_end, high_end = ends or (filled, filled)
    if not 0 <= low_end <= filled <= high_end <= total:
        raise InputError("The icons do not fit together: 0 <= low <= filled <= high <= total must hold.")
    return filled, total, ends


def _faces(filled: int, total: int, ends: tuple[int, int] | None) -> list[_Face]:
    """Give every icon its face."""
    low, high = ends or (filled, filled)
    counts: list[tuple[_Face, int]] = [
        ("filled", low),
        ("filled, in range", filled - low),
        ("in range", high - filled),
        ("rest", total - high),
    ]
    return [face for face, n in counts for _ in range(n)]


def _words(filled: int, total: int, ends: tuple[int, int] | None, legend: Sequence[str] | None) -> list[_Entry]:
    """Give the legend: the faces of each entry, which are those that are counted in it, and its words."""
    of = f"in {total:,}"
    entries: list[_Entry] = [(["filled"], f"{filled:,} {of}", True), (["rest"], "all others", False)]
    there = [True, True]
    if ends:
        faces: list[_Face] = [*(["filled"] if ends[0] else []), *(["filled, in range"] if ends[0] < filled else [])]
        entries = [
            (["filled"], f"at least {ends[0]:,} {of}", False),
            (faces, f"{filled:,} {of}: the estimate", True),
            ([*faces, "in range"], f"up to {ends[1]:,} {of}", False),
            (["rest"], "all others", False),
        ]
        there = [0 < ends[0] < filled, bool(faces), filled < ends[1], ends[1] < total]
    texts = [text for _, text, _ in entries] if legend is None else legend
    if isinstance(texts, str) or len(texts) != len(entries):
        order = "up to low, up to filled, up to high, and all others" if ends else "filled icons and all others"
        raise InputError(f"legend= has {len(entries)} texts here.", f"One each for {order}.")
    return [(faces, text, bold) for (faces, _, bold), text, shown in zip(entries, texts, there, strict=True) if shown]


def _grids(total: int, icon: Icon) -> list[_Grid]:
    """Give the grids to be tried, the tallest first: one row, rows of ten or of a divisor, of 20 and of 25, or blocks of a hundred."""
    room = page.width() - 2 * page.MARGIN
    if total <= 15:
        return [_Grid(total, total, 1, min(room / total, largest), icon) for largest in (54, 30)]
    if total <= 100:
        columns = next((c for c in (10, 12, 8, 9, 7, 6, 5) if total % c == 0), 10)
        step = 20.0 if icon == "person" else 23.0
        longer = (20, 25) if total > _FEW else ()
        return [_Grid(total, c, 1, min(step, room / c), icon) for c in (*(() if longer and room < _NARROW else (columns,)), *longer)]
    across = min(5, -(-total // 100))
    return [_Grid(total, 10, across, min(room / (across * (10 + _BETWEEN) - _BETWEEN - 0.2), 16.0), icon)]


def _put_icons(axes: Axes, places: Sequence[tuple[float, float]], faces: Sequence[_Face], icon: Icon, looks: _Looks, size: float) -> None:
    """Draw an icon of each face at its place, one collection a face."""
    from matplotlib.markers import MarkerStyle
    from matplotlib.path import Path

    shape = MarkerStyle(_person() if icon == "person" else Path.circle((0.0, 0.0), 0.5))
    for face, (inside, outline, stripes) in looks.items():
        here = [place for place, f in zip(places, faces, strict=True) if f == face]
        if here:
            axes.scatter(
                *zip(*here, strict=True),
                s=size**2,
                marker=shape,
                facecolor=inside,
                edgecolor=outline,
                linewidth=min(max(0.6, size / 28), 1.4),
                hatch=("/" * max(3, round(105 / size)) if stripes else None),
                hatchcolor=stripes or outline,
                label=face,
            )


def _person() -> Path:
    """Outline a head and rounded shoulders, one unit tall: nobody in particular."""
    from matplotlib.path import Path

    head = Path.circle((0.0, 0.34), 0.16)
    right = [(0.14, 0.11), (0.25, 0.03), (0.25, -0.12), (0.25, -0.42), (0.25, -0.47), (0.22, -0.5), (0.17, -0.5)]
    left = [(-0.17, -0.5), (-0.22, -0.5), (-0.25, -0.47), (-0.25, -0.42), (-0.25, -0.12), (-0.25, 0.03), (-0.14, 0.11)]
    curve, line = Path.CURVE4, Path.LINETO
    codes = [Path.MOVETO, *[curve] * 3, line, *[curve] * 3, line, *[curve] * 3, line, *[curve] * 3, Path.CLOSEPOLY]
    body = Path([(0.0, 0.11), *right, *left, (0.0, 0.11), (0.0, 0.11)], codes)
    return Path.make_compound_path(head, body)
