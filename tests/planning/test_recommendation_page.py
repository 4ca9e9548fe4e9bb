"""The picture of a recommendation and its page: readable without colour, without eyes, without a network."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest
from made_contexts import safe
from made_methods import made_method, out_of_school, sized

import evidencekit as ek
from evidencekit.combining.classes import CLASSES
from evidencekit.planning.recommending.picturing import MARKS
from evidencekit.planning.recommending.words import CLASS_WORDS

WORKERS = {"respondents": "adults", "minimum_age": 18, "measure": "seen-by-workers", "inference": "administrative"}


@pytest.fixture
def made(tmp_path: Path) -> ek.Recommendation:
    given = [
        made_method(tmp_path, "household", size=sized(600, price=60.0), bias=(-0.02, 0.0), said={"title": "Household <survey> & more"}),
        made_method(tmp_path, "school", size=sized(1500, price=24.0, missed=out_of_school)),
        made_method(tmp_path, "panel", size=sized(2000, price=8.0), said={"inference": "self-selected-adjusted"}),
        made_method(tmp_path, "workers", said=WORKERS),
        made_method(tmp_path, "older_only", said={"minimum_age": 16}),
    ]
    return ek.recommend(safe({"outcome.trend": None}), methods=given)


def test_a_plan_has_one_cost_on_its_page(tmp_path: Path) -> None:
    """45,164 in the table of plans and 45,163 in its own are two numbers for one."""
    method = made_method(tmp_path, "household", size=sized(587, price=60.0006))
    page = ek.recommend(safe({"outcome.trend": None}), methods=[method]).save(tmp_path / "page.html").read_text(encoding="utf-8")
    (listed,) = re.findall(r"points</td><td[^>]*>([^<]+)</td>", page)
    (own,) = re.findall(r"in all</t[dh]>(?:<td[^>]*></td>)*<td[^>]*>([^<]+)</td>", page)
    assert listed == own


def test_every_class_has_words_and_a_shape_of_its_own() -> None:
    assert set(MARKS) == set(CLASS_WORDS) == set(CLASSES)
    assert len({(marker, inside == "white") for marker, _, inside in MARKS.values()}) == len(CLASSES)


def test_the_picture_says_in_words_what_it_shows(made: ek.Recommendation) -> None:
    picture = made.picture()
    for plan in made.plans:
        assert plan.card.title in picture.alt
        assert CLASS_WORDS[plan.inference] in picture.alt
    assert "Lumora" in picture.title
    assert made.picture(title="Mine").title == "Mine"
    assert picture.to_svg() == made.picture().to_svg()


def test_no_letter_of_the_picture_is_small_and_nothing_leaves_the_sheet(made: ek.Recommendation) -> None:
    picture = made.picture()
    axes = picture.figure.axes[0]
    assert min(text.get_fontsize() for text in axes.texts) >= 12
    picture.figure.canvas.draw()
    box = picture.figure.bbox
    for text in axes.texts:
        where = text.get_window_extent()
        assert where.x0 >= box.x0 - 1
        assert where.x1 <= box.x1 + 1
        assert where.y0 >= box.y0 - 1


def test_plans_that_cost_the_same_stand_side_by_side(tmp_path: Path) -> None:
    given = [made_method(tmp_path, f"method_{k}", size=sized(400)) for k in range(6)]
    axes = ek.recommend(safe(), methods=given).picture().figure.axes[0]
    spots = sorted(float(text.get_position()[0]) for text in axes.texts if text.get_text() in "123456" and text.get_fontweight() == "bold")
    assert len(spots) == 6
    assert min(b - a for a, b in pairwise(spots)) >= 19.9


def test_without_plans_there_is_no_picture_but_a_page(tmp_path: Path) -> None:
    made = ek.recommend(safe({"protection.referral_path": False}), methods=[made_method(tmp_path, "child")])
    with pytest.raises(ek.errors.InputError, match="no plan to draw"):
        made.picture()
    page = made.save(tmp_path / "page.html").read_text("utf-8")
    assert "No plan can be made here" in page
    assert "G1" in page


class Reader(HTMLParser):
    """Counts what a page is made of, and checks that tags close."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "br", "path", "use", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.open and self.open[-1] == tag:
            self.open.pop()


def test_the_page_is_one_file_that_reads_well_aloud(made: ek.Recommendation, tmp_path: Path) -> None:
    page = made.save(tmp_path / "page.html").read_text("utf-8")
    reader = Reader()
    reader.feed(page)
    assert reader.open == []
    names = [tag for tag, _ in reader.tags]
    assert names.count("h1") == names.count("main") == names.count("title") - 1 == 1  # the picture has a title too
    assert "script" not in names
    assert "img" not in names
    assert not re.search(r"(?:src|href)=\"(?!#)", page)
    assert ("html", {"lang": "en"}) in reader.tags
    assert names.count("caption") == names.count("table") >= 5
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in reader.tags if tag == "th")
    ids = [attrs["id"] for _, attrs in reader.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag in names if re.fullmatch("h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_the_page_has_every_plan_warning_and_refusal_escaped(made: ek.Recommendation, tmp_path: Path) -> None:
    page = made.save(tmp_path / "page.html").read_text("utf-8")
    assert "Household &lt;survey&gt; &amp; more" in page
    assert "<survey>" not in page
    for advice in made.advice:
        assert all(f"({one.rule};" in page for one in advice.warnings)
    for words in (
        "Refused",
        "Find out first",
        "What would change this",
        "Beside: methods that answer another question",
        "this asks nobody",
    ):
        assert words.lower() in page.lower()


def test_a_page_is_html_and_has_a_folder(made: ek.Recommendation, tmp_path: Path) -> None:
    for path in (tmp_path / "page.pdf", tmp_path / "none" / "page.html"):
        with pytest.raises(ek.errors.InputError):
            made.save(path)
    with pytest.raises(ek.errors.InputError, match="a text or a path"):
        made.save(3)  # pyright: ignore[reportArgumentType]


def test_a_title_of_a_picture_is_a_text() -> None:
    household = ek.method_named("household_one_child")
    made = ek.recommend(household.example(), methods=[household])
    with pytest.raises(ek.errors.InputError, match="title= takes a text"):
        made.picture(title=3)  # pyright: ignore[reportArgumentType]
