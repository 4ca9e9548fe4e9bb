"""Briefs of three findings opened by the programs that people open them with: one page each, with nothing cut off."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import three_findings
from viewers import converted, needs_browser, needs_office, needs_poppler, pages, printed

import evidencekit as ek

pytestmark = pytest.mark.outside
PICTURES = {"icons": None, "others": {"lumora-01": "dots", "lumora-02": "gradient", "lumora-03": "dots"}}


@pytest.fixture(scope="module")
def found() -> list[ek.Finding]:
    return three_findings.made()


@pytest.mark.parametrize("pictures", PICTURES)
@pytest.mark.parametrize("kind", ["docx", "pptx"])
@needs_office
@needs_poppler
def test_office_shows_one_page(found: list[ek.Finding], tmp_path: Path, kind: str, pictures: str) -> None:
    kinds: Any = PICTURES[pictures]
    assert pages(converted(ek.brief(found, tmp_path / f"brief.{kind}", pictures=kinds, **three_findings.AROUND).page)) == 1


@pytest.mark.parametrize("pictures", PICTURES)
@needs_browser
@needs_poppler
def test_browser_prints_one_page(found: list[ek.Finding], tmp_path: Path, pictures: str) -> None:
    kinds: Any = PICTURES[pictures]
    assert pages(printed(ek.brief(found, tmp_path / "brief.html", pictures=kinds, **three_findings.AROUND).page)) == 1
