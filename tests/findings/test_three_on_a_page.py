"""Three normal findings fit one page in all three kinds of document, and no letter of a picture is smaller than 12 points there."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pptx
import pytest
import three_findings
from PIL import Image

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.findings import briefs
from evidencekit.rendering.documents import Sheet, look
from evidencekit.rendering.documents.fitting import heights, lay_out

BODY = 12.0  # points: the smallest letters of a picture as it is drawn


@pytest.fixture(scope="module")
def found() -> list[ek.Finding]:
    return three_findings.made()


def sheet_of(found: list[ek.Finding], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **more: Any) -> Sheet:
    """What a brief puts on its page."""
    kept: list[Sheet] = []

    def keep(sheet: Sheet, path: Path) -> Path:
        kept.append(sheet)
        return path

    with monkeypatch.context() as patched:
        patched.setattr(briefs, "save", keep)
        ek.brief(found, tmp_path / "kept.html", **{**three_findings.AROUND, **more})
    return kept[0]


def letters(page: Path) -> list[float]:
    """The smallest letters in each picture of a document as they are placed, in points."""
    if page.suffix == ".html":
        text = page.read_text(encoding="utf-8")
        drawn = [float(w) for w in re.findall(r'<svg[^>]* width="([\d.]+)pt"', text)]
        placed = [float(w) * look.LINE for w in re.findall(r'<figure style="max-width:([\d.]+)rem"', text)]
        return [BODY * here / own for own, here in zip(drawn, placed, strict=True)]
    if page.suffix == ".docx":
        document = docx.Document(str(page))
        parts = [s._inline.graphic.graphicData.pic.blipFill.blip.embed for s in document.inline_shapes]
        shapes = [(document.part.related_parts[k].blob, s.width.pt) for k, s in zip(parts, document.inline_shapes, strict=True)]
    else:
        shapes = [(s.image.blob, s.width.pt) for s in pptx.Presentation(str(page)).slides[0].shapes if s.shape_type == 13]
    return [BODY * here / (Image.open(BytesIO(png)).width / 200 * 72) for png, here in shapes]


@pytest.mark.parametrize("kind", ["html", "docx", "pptx"])
@pytest.mark.parametrize("pictures", [None, {"lumora-01": "dots", "lumora-02": "gradient", "lumora-03": "dots"}], ids=["icons", "others"])
def test_three_findings_fit_with_letters_of_twelve_points(found: list[ek.Finding], tmp_path: Path, kind: str, pictures: Any) -> None:
    made = ek.brief(found, tmp_path / f"brief.{kind}", pictures=pictures, **three_findings.AROUND)
    sizes = letters(made.page)
    assert len(sizes) == 3
    assert min(sizes) >= BODY - 0.02
    drawn = found[0].picture("dots" if pictures else "icons", bare=True)
    smallest = [t.get_fontsize() for t in drawn.at(262, height=1.0).figure.axes[0].texts]
    assert min(smallest) == BODY


@pytest.mark.parametrize("count", [1, 2, 3])
def test_words_and_pictures_are_measured_to_fit(found: list[ek.Finding], count: int, monkeypatch: Any, tmp_path: Path) -> None:
    sheet = sheet_of(found[-count:], monkeypatch, tmp_path)
    layout = lay_out(sheet)
    room = look.PAGE[1] - 2 * look.ENDS
    assert sum(heights(sheet, layout).values()) + (count + 2) * layout.extra <= room
    for block in sheet.blocks:
        place = layout.place(block)
        assert place.picture is not None
        assert place.size[0] == pytest.approx(72 * place.picture.figure.get_figwidth())
        assert place.size[1] <= place.height
        assert place.columns == (count > 1)


def test_three_findings_leave_a_page_to_spare(found: list[ek.Finding], monkeypatch: Any, tmp_path: Path) -> None:
    """A sentence more in the methods, and ten words more in a headline, still fit."""
    words = replace(found[1].words, people="children aged 12-17 who are online, at home, at school or wherever they are")
    longer = [found[0], replace(found[1], words=words), found[2]]
    lay_out(
        sheet_of(longer, monkeypatch, tmp_path, methods=["Children were asked at home in 2026 and typed their answers themselves."] * 2)
    )


def test_caveats_that_all_have_are_said_once(found: list[ek.Finding], monkeypatch: Any, tmp_path: Path) -> None:
    sheet = sheet_of(found, monkeypatch, tmp_path)
    (shared,) = found[0].caveats()
    assert sheet.aside == (f"All numbers on this page: {shared}.",)
    assert not any(block.aside for block in sheet.blocks)
    (alone,) = sheet_of(found[1:2], monkeypatch, tmp_path).blocks
    assert alone.aside == (shared,)
    made = ek.brief(found, tmp_path / "brief.docx", **three_findings.AROUND)
    assert json.loads(made.record.read_text(encoding="utf-8"))["beside"] == list(sheet.aside)
    assert sum(shared in p.text for p in docx.Document(str(made.page)).paragraphs) == 1


@pytest.mark.slow
def test_a_page_that_is_too_long_names_the_finding_and_what_is_long(found: list[ek.Finding], tmp_path: Path) -> None:
    long = replace(found[1], claims=found[0].claims * 9)
    with pytest.raises(InputError, match=r"finding 2 \(lumora-02\) \(\d+% of the page, most of it its lines\)") as error:
        ek.brief([found[0], long, found[2]], tmp_path / "brief.docx", **three_findings.AROUND)
    assert "19 in 100" not in str(error.value)
    assert "larger share" not in str(error.value)
    headed = replace(found[2], words=replace(found[2].words, people=" ".join(["children who are online"] * 30)))
    with pytest.raises(InputError, match=r"finding 3 \(lumora-03\) is \d+ points too tall"):
        ek.brief([*found[:2], headed], tmp_path / "brief.pptx", **three_findings.AROUND)


def test_each_finding_is_drawn_as_it_is_asked_for(found: list[ek.Finding], monkeypatch: Any, tmp_path: Path) -> None:
    sheet = sheet_of(found, monkeypatch, tmp_path, pictures={"lumora-01": "dots", "lumora-03": "none"})
    drawn = [block.picture for block in sheet.blocks]
    assert drawn[0] is not None
    assert drawn[1] is not None
    assert drawn[0].alt == found[0].picture("dots").alt
    assert drawn[1].alt == found[1].picture("icons").alt
    assert drawn[2] is None


@pytest.mark.parametrize(
    ("pictures", "said"),
    [
        (["dots"], "takes a mapping"),
        ({"lumora-99": "dots"}, "no finding of the brief has"),
        ({"lumora-01": "tiles"}, "pictures"),
        ({"lumora-01": None}, "pictures"),
    ],
)
def test_pictures_of_nothing_are_refused(found: list[ek.Finding], tmp_path: Path, pictures: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        ek.brief(found, tmp_path / "brief.html", pictures=pictures, **three_findings.AROUND)
    assert not (tmp_path / "brief.html").exists()
