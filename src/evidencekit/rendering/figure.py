"""A picture and the sheet it is drawn on: letters, colours, and files that come out the same every time.

A sheet is measured in points (72 to the inch) from its top left corner and is as wide as the text of an A4 page, so
that 12 points on it are 12 points in print. Nothing here uses pyplot or leaves a trace in matplotlib's settings.
matplotlib is loaded when the first picture is drawn.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256
from html import escape
from io import BytesIO
from math import ceil, inf
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Literal
from unicodedata import category, name, normalize

from evidencekit.errors import InputError
from evidencekit.rendering.places import NARROWEST, WIDTH, as_wide_as, tallest, width

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["NARROWEST", "WIDTH", "Lettering", "Picture", "as_wide_as", "drawing", "lettering", "picture", "sheet", "tallest", "width"]
MARGIN = 6.0
TITLE, BODY = 16.0, 12.0  # points; nothing on a sheet is smaller than BODY

# Okabe and Ito's palette, safe for colour-blind readers, and greys. Words are INK or SLATE: 17 and 7 to 1 on white.
INK, SLATE, RULE, PALE = "#1a1a1a", "#595959", "#d9d9d9", "#c9c9c9"
BLUE, SKY = "#0072b2", "#56b4e9"
ORANGE, GREEN, VERMILLION, PURPLE = "#e69f00", "#009e73", "#d55e00", "#cc79a7"

_BASE = "DejaVu Sans"  # comes with matplotlib: Latin with every Vietnamese letter, Greek, Cyrillic
_GOOD: dict[str, tuple[str, ...]] = {
    "Khmer": ("Noto Sans Khmer", "Leelawadee UI", "Khmer UI", "Khmer OS", "Khmer OS System", "Khmer Sangam MN"),
    "Thai": ("Noto Sans Thai", "Leelawadee UI", "Loma", "Garuda", "Tahoma", "Thonburi"),
    "Lao": ("Noto Sans Lao", "Leelawadee UI", "Phetsarath OT", "Lao Sangam MN"),
    "Myanmar": ("Noto Sans Myanmar", "Myanmar Text", "Padauk", "Myanmar Sangam MN"),
}
_CALLED = {"Cjk": "Chinese", "Hiragana": "Japanese", "Katakana": "Japanese", "Hangul": "Korean"}
_SETTINGS = {"svg.fonttype": "path", "svg.hashsalt": "evidencekit", "text.hinting": "no_hinting"}
_NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NO_NAMES = {"Date": None, "Creator": None, "Format": None, "Type": None}  # what matplotlib would write of itself
_ZERO_WIDTH_SPACE = "\u200b"  # where Khmer, Lao and Thai words may be parted
_Measure = Callable[[str], float]
_DRAWING: ContextVar[bool] = ContextVar("whether our settings are set", default=False)
_SCALE = 20  # words are measured this many times larger, so that whole pixels do not matter


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Picture:
    """A finished picture with the words that stand in for it.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        What is drawn.
    title : str
        What it is, in a line.
    alt : str
        What it shows, for a reader who cannot see it: the number, its interval and of whom. Required.
    draw : callable, optional
        Draws it anew, for the place that `as_wide_as` says; without it a picture has the size it was drawn in.

    Examples
    --------
    >>> from evidencekit.rendering.icons import icon_array
    >>> picture = icon_array(12, low=10, high=14, title="About 12 in 100 children")
    >>> picture.to_svg()[:4], picture.to_png()[1:4]
    ('<svg', b'PNG')
    """

    figure: Figure
    title: str
    alt: str
    draw: Callable[[], Figure] | None = field(default=None, kw_only=True)

    def __post_init__(self) -> None:
        """Refuse a picture that some readers could not read."""
        if not self.alt.strip():
            raise InputError("The picture has no alternative text.", "Pass alt=: the number, its interval, of whom.")

    def at(self, width: float, *, height: float = inf) -> Picture:
        """Give the same picture laid out for another place, its letters as large as before.

        Parameters
        ----------
        width : float
            Points, from 220 to 451.
        height : float
            Points that it should not be taller than, where it can be helped: icons stand in longer rows, and rows closer together.

        Returns
        -------
        Picture

        Raises
        ------
        InputError
            When it cannot be drawn so narrow, such as a map of many columns.

        Examples
        --------
        >>> from evidencekit.rendering.icons import icon_array
        >>> round(72 * icon_array(12, title="About 12 in 100 children").at(280).figure.get_figwidth())
        280
        """
        if self.draw is None:
            raise InputError("This picture cannot be laid out anew.", f"It is {72 * self.figure.get_figwidth():.0f} points wide.")
        with as_wide_as(width, tallest=height), drawing():
            return replace(self, figure=self.draw())

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file; the same picture gives the same bytes.

        Parameters
        ----------
        path : str or Path
            Ends in .svg (drawings that stay sharp; letters are outlines, so it looks the same everywhere) or in .png
            (200 dots an inch). Both carry the title and the alternative text.

        Returns
        -------
        Path
            Where it is.

        Raises
        ------
        InputError
            When the path ends in anything else.
        """
        if not isinstance(path, (str, PathLike)):
            raise InputError(f"A picture is saved at a text or a path, not a {type(path).__name__}.")
        target = Path(path)
        suffix = target.suffix.lower()
        if suffix not in (".svg", ".png"):
            raise InputError("A picture is saved as .svg or as .png.", "Let the file's name end in one of them.")
        target.write_bytes(self.to_svg().encode() if suffix == ".svg" else self.to_png())
        return target

    def to_svg(self) -> str:
        """Give the picture as an ``<svg>`` element, for a file or for a page."""
        with drawing(), BytesIO() as out:
            self.figure.savefig(out, format="svg", metadata=_NO_NAMES)
            text = out.getvalue().decode()
        key = sha256(f"{self.title}\n{self.alt}".encode(errors="replace")).hexdigest()[:8]
        words = f'<title id="title-{key}">{escape(self.title)}</title><desc id="desc-{key}">{escape(self.alt)}</desc>'
        start, end = text.index("<svg"), text.index(">", text.index("<svg"))
        made = f'{text[start:end]} role="img" aria-labelledby="title-{key} desc-{key}">\n {words}{text[end + 1 :]}'
        return _NOT_IN_XML.sub("", made)

    def to_png(self, *, dpi: int = 200) -> bytes:
        """Give the picture as a PNG file of `dpi` dots an inch."""
        with drawing(), BytesIO() as out:
            words = {"Title": self.title, "Description": self.alt, "Software": None}
            self.figure.savefig(out, format="png", dpi=dpi, metadata=words)
            return out.getvalue()

    def _repr_svg_(self) -> str:
        return self.to_svg()

    def _repr_png_(self) -> bytes:
        return self.to_png(dpi=110)

    def __repr__(self) -> str:
        """Say what it is and what it shows."""
        return f"Picture({self.title!r})\n{self.alt}"


@dataclass(frozen=True, slots=True)
class Lettering:
    """Words broken into lines, ready to be put on a sheet.

    Parameters
    ----------
    lines : tuple of str
        One line each.
    families : tuple of str
        Fonts that together have every letter.
    size, leading, width : float
        Size of the letters, distance from line to line, length of the longest line, in points.
    bold : bool
        Whether they are bold.
    """

    lines: tuple[str, ...]
    families: tuple[str, ...]
    size: float
    leading: float
    width: float
    bold: bool

    @property
    def height(self) -> float:
        """All lines together, in points."""
        return self.leading * len(self.lines)

    def draw(self, axes: Axes, x: float, y: float, *, color: str = INK, align: Literal["left", "center", "right"] = "left") -> float:
        """Put the words below `y`, and give the `y` below them."""
        for k, line in enumerate(self.lines):
            base = y + (k + 0.5) * self.leading + 0.36 * self.size  # capitals are 0.72 high: their middle is the line's
            axes.text(
                *(x, base, line),
                color=color,
                ha=align,
                va="baseline",
                fontsize=self.size,
                fontweight="bold" if self.bold else "normal",
                fontfamily=list(self.families),
                parse_math=False,
            )
        return y + self.height


def lettering(text: str, width: float, *, size: float = BODY, bold: bool = False) -> Lettering:
    """Break `text` into lines of at most `width` points.

    Lines are parted at spaces, at zero-width spaces (how Khmer and Thai mark words where they are marked), and inside a
    word only where it is longer than a line; then never between a letter and its marks. Control characters are left out.

    Raises
    ------
    InputError
        When no font on the computer has the letters of one of its scripts.
    """
    text = "\n".join("".join(c for c in part if category(c) != "Cc") for part in normalize("NFC", text.replace("\t", " ")).splitlines())
    families = _families(frozenset(c for c in text if category(c) not in ("Cc", "Cf", "Zs", "Zl", "Zp")))
    heavy = bold and all(_has_bold(family) for family in families)

    def measure(line: str) -> float:
        return _measure(line, size, heavy, families)

    with drawing():
        lines = tuple(line for part in text.splitlines() for line in _broken(part, width, measure))
        longest = max(map(measure, lines), default=0.0)
    leading = size * (1.3 if families == (_BASE,) else 1.6)  # other scripts stack marks above and below
    return Lettering(lines, families, size, leading, longest, heavy)


@contextmanager
def drawing() -> Generator[None]:
    """Draw with our settings whatever the caller's are, and leave theirs as they were; within another it is that one."""
    from matplotlib import style

    if _DRAWING.get():
        yield
        return
    token = _DRAWING.set(True)
    try:
        with style.context(["default", _SETTINGS]):
            yield
    finally:
        _DRAWING.reset(token)


def picture(draw: Callable[[], Figure], title: str, alt: str) -> Picture:
    """Draw a picture, and let it be drawn anew for other places."""
    with drawing():
        return Picture(draw(), title, alt, draw=draw)


def sheet(height: float) -> tuple[Figure, Axes]:
    """Lay out an empty white sheet whose coordinates are points from its top left corner."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width() / 72, height / 72), facecolor="white")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    axes.set_axis_off()
    axes.set_xlim(0, width())
    axes.set_ylim(height, 0)
    return figure, axes


def _broken(part: str, width: float, measure: _Measure) -> Iterator[str]:
    """Break one paragraph greedily."""
    line = ""
    for word in part.split():
        for k, bit in enumerate(word.split(_ZERO_WIDTH_SPACE)):
            *full, last = _cut(bit, width, measure)
            longer = line + (" " if line and not k else "") + last
            if line and (full or measure(longer) > width):
                yield line
                longer = last
            yield from full
            line = longer
    if line:
        yield line


def _cut(bit: str, width: float, measure: _Measure) -> list[str]:
    """Cut a word longer than a line into pieces of about the same length, so that no single letter is left over."""
    whole = measure(bit)
    if whole <= width:
        return [bit]
    clusters = _clusters(bit)
    pieces = [""]
    for room in (whole / ceil(whole / width) * 1.06, width):
        pieces = [""]
        for cluster in clusters:
            if pieces[-1] and measure(pieces[-1] + cluster) > min(room, width):
                pieces.append("")
            pieces[-1] += cluster
        if len(pieces) <= ceil(whole / width):
            break
    return pieces


def _clusters(word: str) -> list[str]:
    """Cut a word where a line may end: not before a mark, and not where a Thai, Lao or Khmer syllable is still open."""
    cuts: list[str] = []
    for c in word:
        open_syllable = bool(cuts) and cuts[-1][-1] in "เแโใไເແໂໃໄ\u17d2\u1039"  # vowels written first; stacking signs
        if cuts and (open_syllable or category(c)[0] == "M" or c in "ะาำๅๆฯະາຳໆ"):
            cuts[-1] += c
        else:
            cuts.append(c)
    return cuts


@lru_cache(maxsize=4096)
def _measure(line: str, size: float, bold: bool, families: tuple[str, ...]) -> float:
    """Measure a line as it will be shaped, in points."""
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.font_manager import FontProperties

    letters = FontProperties(family=list(families), size=size, weight="bold" if bold else "normal")
    return RendererAgg(1, 1, 72 * _SCALE).get_text_width_height_descent(line, letters, False)[0] / _SCALE


@lru_cache(maxsize=256)
def _families(letters: frozenset[str]) -> tuple[str, ...]:
    """Find fonts that together have all `letters`; the first is always the one that comes with matplotlib."""
    families = [_BASE]
    lacking = _lacking(_BASE, letters)
    while lacking:
        script = min(map(_script, lacking))
        wanted = frozenset(c for c in lacking if _script(c) == script)
        found = next((f for f in _candidates(script) if not _lacking(f, wanted)), None)
        if found is None:
            raise InputError(
                f"The words of the picture have letters in {script} script, and no font on this computer has them all.",
                f"Install one, such as the Noto Sans font for {script} (Debian, Ubuntu: the package fonts-noto-core; "
                "Windows and macOS: open the font's file and choose Install), then start Python again.",
            )
        families.append(found)
        lacking -= wanted
    return tuple(families)


def _candidates(script: str) -> Iterator[str]:
    """Name the fonts to try: the good ones, then all others, then those installed since matplotlib looked."""
    from matplotlib.font_manager import findSystemFonts, fontManager

    known = {f.name for f in fontManager.ttflist}
    yield from (f for f in _GOOD.get(script, ()) if f in known)
    yield from sorted(f for f in known if not f.startswith("Last Resort"))
    files = {f.fname for f in fontManager.ttflist}
    for path in sorted(set(findSystemFonts()) - files):
        fontManager.addfont(path)
    yield from sorted({f.name for f in fontManager.ttflist} - known)


@lru_cache(maxsize=1024)
def _lacking(family: str, letters: frozenset[str]) -> frozenset[str]:
    """Give the letters that a font does not have."""
    from matplotlib.font_manager import fontManager
    from matplotlib.ft2font import FT2Font

    face = next(f for f in fontManager.ttflist if f.name == family)
    font = FT2Font(face.fname, face_index=face.index)
    return frozenset(c for c in letters if not font.get_char_index(ord(c)))


def _has_bold(family: str) -> bool:
    from matplotlib.font_manager import fontManager

    return any(f.name == family and f.weight in ("bold", 700) for f in fontManager.ttflist)


def _script(letter: str) -> str:
    """Name the script of a letter from its Unicode name: KHMER LETTER KA is Khmer."""
    first = name(letter, "SYMBOL").split()[0].title()
    return _CALLED.get(first, first) if category(letter)[0] in "LMN" else "Symbols"
