"""What stands on a picture's sheet: words and their places, measured as they are drawn."""

from __future__ import annotations

from itertools import combinations

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.transforms import Bbox

from evidencekit.rendering.figure import Picture, drawing


def words(picture: Picture) -> list[str]:
    """Every line of words."""
    return [text.get_text() for text in picture.figure.axes[0].texts]


def boxes(picture: Picture) -> list[tuple[str, Bbox]]:
    """Every line of words with the box around its letters, in points from the lower left."""
    figure = picture.figure
    renderer = FigureCanvasAgg(figure).get_renderer()
    scale = 72 / figure.dpi
    with drawing():
        return [(t.get_text(), Bbox(t.get_window_extent(renderer).get_points() * scale)) for t in figure.axes[0].texts]


def overlaps(picture: Picture) -> list[tuple[str, str]]:
    """Words that stand on each other, by more than a point in both directions."""
    found: list[tuple[str, str]] = []
    for (one, a), (other, b) in combinations(boxes(picture), 2):
        if min(a.x1, b.x1) - max(a.x0, b.x0) > 1 and min(a.y1, b.y1) - max(a.y0, b.y0) > 1:
            found.append((one, other))
    return found


def outside(picture: Picture) -> list[str]:
    """Words that leave the sheet, and words smaller than 12 points."""
    width, height = picture.figure.get_size_inches() * 72
    left = [text for text, box in boxes(picture) if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]
    return left + [t.get_text() for t in picture.figure.axes[0].texts if t.get_fontsize() < 12]


def contrast(one: str, two: str = "#ffffff") -> float:
    """The contrast of two colours as WCAG 2 defines it."""

    def luminance(colour: str) -> float:
        parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)
