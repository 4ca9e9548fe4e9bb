"""Pictures held against the ones that somebody looked at: tests/rendering/baselines/<name>.png, small files.

A picture is drawn at 80 dots an inch and compared pixel by pixel with a tolerance, over the whole and in every small
square, so that a changed digit on a large sheet is seen and another version of the font renderer is not. After a change
that is meant, renew and look at every file that git says has changed::

    EVIDENCEKIT_RENEW_BASELINES=1 python3 dev.py test tests/rendering -n 0
    EVIDENCEKIT_RENEW_BASELINES=1 python3 dev.py test tests/rendering -n 0 -m outside
"""

from __future__ import annotations

import os
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from evidencekit.rendering.figure import Picture

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "tests" / "rendering" / "baselines"
DPI = 80
SQUARE = 16  # pixels: about a letter and a half
WHOLE, LOCAL = 0.02, 0.1  # root mean square differences that pass, of colours from 0 to 1; a changed digit is about 0.17 in its square
RENEW = "EVIDENCEKIT_RENEW_BASELINES"

Pixels = npt.NDArray[np.float64]


def pixels(png: bytes) -> Pixels:
    """A PNG file as height by width by three colours from 0 to 1."""
    with Image.open(BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"), dtype=np.float64) / 255


def differences(one: Pixels, other: Pixels) -> tuple[float, float, tuple[int, int]]:
    """Root mean square difference of two pictures of one size: over all, in the worst square, and where that is (x, y)."""
    squared = ((one - other) ** 2).mean(axis=2)
    worst, place = 0.0, (0, 0)
    for y in range(0, squared.shape[0], SQUARE // 2):
        for x in range(0, squared.shape[1], SQUARE // 2):
            here = float(squared[y : y + SQUARE, x : x + SQUARE].mean())
            if here > worst:
                worst, place = here, (x, y)
    return float(squared.mean()) ** 0.5, worst**0.5, place


def assert_looks_like(picture: Picture, name: str, *, folder: Path = FOLDER) -> None:
    """Fail, saying by how much and where, unless the picture looks like its baseline; what was drawn is kept in out/baselines/."""
    drawn = picture.to_png(dpi=DPI)
    kept = folder / f"{name}.png"
    if os.environ.get(RENEW) == "1":
        folder.mkdir(parents=True, exist_ok=True)
        small = _small(drawn)
        if not kept.is_file() or not np.array_equal(pixels(small), pixels(kept.read_bytes())):  # the same pixels keep the same file
            kept.write_bytes(small)
        return
    how = f"Look at out/baselines/{name}.png; where it is right, renew with {RENEW}=1 (see tests/support/baselines.py)."
    if not kept.is_file():
        _keep(name, drawn)
        raise AssertionError(f"There is no baseline {name}.png. {how}")
    got, want = pixels(drawn), pixels(kept.read_bytes())
    if got.shape != want.shape:
        _keep(name, drawn)
        raise AssertionError(f"{name}: {got.shape[1]} x {got.shape[0]} pixels, its baseline {want.shape[1]} x {want.shape[0]}. {how}")
    whole, local, (x, y) = differences(got, want)
    if whole > WHOLE or local > LOCAL:
        _keep(name, drawn)
        raise AssertionError(
            f"{name}: differs from its baseline by {whole:.4f} over all (at most {WHOLE}) and by {local:.3f} (at most {LOCAL}) "
            f"in the square at ({x}, {y}). {how}"
        )


def _small(png: bytes) -> bytes:
    """The same picture in a smaller file: at most 128 colours, without words beside it."""
    with Image.open(BytesIO(png)) as image, BytesIO() as out:
        image.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(out, format="png", optimize=True)
        return out.getvalue()


def _keep(name: str, png: bytes) -> None:
    folder = ROOT / "out" / "baselines"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(png)
