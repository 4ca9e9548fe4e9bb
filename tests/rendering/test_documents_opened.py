"""Documents opened by the programs that people open them with: they are one page, not blank, and readable by all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import made_sheets
import numpy as np
import pytest
from PIL import Image
from viewers import accessibility, converted, needs_axe, needs_browser, needs_office, needs_poppler, pages, printed, screenshot, seen

from evidencekit.errors import InputError
from evidencekit.rendering.documents import Sheet, save

pytestmark = pytest.mark.outside
SHEETS: dict[str, Callable[[], Sheet]] = {
    "en": made_sheets.english,
    "hostile": made_sheets.hostile,
    **{language: (lambda language=language: made_sheets.local(language)) for language in ("vi", "km", "th")},
}
BLUE = (0, 114, 178)


def fullest(sheet: Sheet, where: Path) -> Path:
    """Add lines to the last block until the sheet is refused; the last one that was written."""
    line = sheet.blocks[-1].lines[0]
    save(sheet, where)
    for _ in range(60):
        *others, last = sheet.blocks
        sheet = replace(sheet, blocks=(*others, replace(last, lines=(*last.lines, line))))
        try:
            save(sheet, where)
        except InputError:
            return where
    raise AssertionError("a sheet of any length is taken")


def inked(picture: Path) -> tuple[float, float]:
    """The shares of a picture that are not white, and that are the blue of the large words."""
    pixels = np.asarray(Image.open(picture).convert("RGB"), dtype=int)
    blue = np.abs(pixels - np.array(BLUE)).max(axis=2) < 12
    return float((pixels.min(axis=2) < 200).mean()), float(blue.mean())


def assert_drawn(picture: Path) -> None:
    dark, blue = inked(picture)
    assert 0.01 < dark < 0.5
    assert blue > 0.0005


@needs_browser
@pytest.mark.parametrize("name", SHEETS)
def test_browser_shows_the_page_at_any_width(name, tmp_path):
    page = save(SHEETS[name](), tmp_path / "page.html")
    for width, height in ((1280, 1400), (390, 1200)):
        assert_drawn(screenshot(page, width, height))


@needs_browser
@needs_axe
@pytest.mark.parametrize("name", SHEETS)
def test_axe_finds_nothing(name, tmp_path):
    found = accessibility(save(SHEETS[name](), tmp_path / "page.html"))
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
    assert [v["id"] for v in found["incomplete"]] == []  # what axe-core cannot decide
    assert len(found["passes"]) > 20


@needs_browser
@needs_axe
def test_axe_finds_what_is_wrong(tmp_path):
    page = save(made_sheets.english(), tmp_path / "page.html")
    page.write_text(page.read_text(encoding="utf-8").replace('lang="en"', "").replace("#595959", "#c0c0c0"), encoding="utf-8")
    assert {"html-has-lang", "color-contrast"} <= {v["id"] for v in accessibility(page)["violations"]}


@needs_browser
@needs_poppler
@pytest.mark.parametrize("name", SHEETS)
def test_browser_prints_one_page(name, tmp_path):
    assert pages(printed(save(SHEETS[name](), tmp_path / "page.html"))) == 1
    assert pages(printed(fullest(SHEETS[name](), tmp_path / "full.html"))) == 1


@needs_office
@needs_poppler
@pytest.mark.parametrize("name", SHEETS)
def test_word_document_is_one_page(name, tmp_path):
    made = converted(save(SHEETS[name](), tmp_path / "page.docx"))
    assert pages(made) == 1
    assert_drawn(seen(made))
    assert pages(converted(fullest(SHEETS[name](), tmp_path / "full.docx"))) == 1


@needs_office
@needs_poppler
@pytest.mark.parametrize("name", SHEETS)
def test_presentation_is_one_slide(name, tmp_path):
    made = converted(save(SHEETS[name](), tmp_path / "page.pptx"))
    assert pages(made) == 1
    assert_drawn(seen(made))
