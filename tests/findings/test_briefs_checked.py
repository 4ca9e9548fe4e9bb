"""Pages that the kit writes are right by their own registers: every number of them, in every kind of document."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from lxml import etree  # pyright: ignore[reportAttributeAccessIssue]

import evidencekit as ek
from evidencekit.findings import Basis, Claim, Register, TextReport, Words, changed, compare, headcount, ranked, trending

NOTE = {
    "title": "Children online in Lumora",
    "content_note": "This page is about harm to children online.",
    "help": "Helpline: call or write, day and night.",
}
PEOPLE = "internet-using children aged 12-17 in Lumora"
HARM = Words(did="received unwanted sexual messages or requests online", people=PEOPLE, recall="in the past 12 months")
GIRLS = replace(HARM, groups={"sex": {"girl": "internet-using girls aged 12-17", "boy": "internet-using boys aged 12-17"}})
DAILY = Words(did="went online every day, where lessons can reach them", people=PEOPLE, topic="solution")
BASIS = Basis(harm="unwanted messages", age="12-17", mode="at home", frame="areas", place="Lumora", time="2026")
ACT = ek.Action(
    actor="the Ministry of Education",
    act="teach every pupil where to report",
    deadline="September 2027",
    marker="share of pupils who know where to report",
    evidence="moderate",
)


def table(column: str, seed: int | None = None, **more: Any) -> ek.Released:
    fiction = ek.fictional.national_survey() if seed is None else ek.fictional.national_survey(seed=seed)
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=PEOPLE)
    return ek.release(ek.proportion(survey, column, **more))


def in_words(page: Path) -> str:
    """The words of a presentation and of its pictures, a paragraph a line."""
    said = list[str]()
    with zipfile.ZipFile(page) as held:
        for name in held.namelist():
            if name.startswith(("ppt/slides/slide", "ppt/notesSlides/notesSlide")):
                for one in etree.fromstring(held.read(name)).iter():
                    tag = str(one.tag).rpartition("}")[2]
                    said += ["".join(part.text or "" for part in one.iter() if str(part.tag).endswith("}t"))] if tag == "p" else []
                    said += [one.get("descr")] if one.get("descr") else []
    return "\n\n".join(said) + "\n\n"


def checked(findings: list[ek.Finding], path: Path) -> TextReport:
    made = ek.brief(findings, path, methods=["Asked at home in 2026."], **NOTE)
    register = Register.from_json(json.dumps(json.loads(made.record.read_text(encoding="utf-8"))["register"]))
    return ek.check_text(in_words(made.page) if path.suffix == ".pptx" else made.page, register, on="2026-11-01")


@pytest.fixture(scope="module")
def total() -> ek.Released:
    return table("any_contact_unwanted")


@pytest.fixture(scope="module")
def daily() -> ek.Finding:
    return ek.finding(table("internet_daily"), words=DAILY, basis=BASIS, id="daily")


@pytest.mark.parametrize("kind", ["docx", "html", "pptx"])
def test_a_page_about_a_group_is_right(daily: ek.Finding, tmp_path: Path, kind: str) -> None:
    """How many girls answered stands after "a sample of children": once that was called reworded."""
    safe = table("any_contact_unwanted", by="sex")
    claims = compare(safe, [({"sex": "girl"}, {"sex": "boy"})], words=GIRLS, times=True, margin=0.03)
    girls = ek.finding(safe, cell={"sex": "girl"}, words=GIRLS, basis=BASIS, claims=claims, action=ACT, id="girls")
    report = checked([girls, daily], tmp_path / f"brief.{kind}")
    assert len(report.found) >= 10
    assert report.problems == ()


@pytest.mark.parametrize("which", ["rank", "change", "trend", "headcount"])
def test_a_page_with_claims_of_every_kind_is_right(total: ek.Released, daily: ek.Finding, tmp_path: Path, which: str) -> None:
    early, later = (table("any_contact_unwanted", seed) for seed in (1, 2))
    times = [replace(BASIS, time=time) for time in ("2020", "2023", "2026")]
    provinces = table("any_contact_unwanted", by="province") if which == "rank" else total
    claim: Claim = {
        "rank": lambda: ranked(provinces, 0, words=HARM, among="provinces"),
        "change": lambda: changed([early, total], times[1:], words=HARM),
        "trend": lambda: trending([early, later, total], times, words=HARM, years=[2020, 2023, 2026]),
        "headcount": lambda: headcount(total, words=HARM, population=174_000, source="census of 2024"),
    }[which]()
    find = ek.finding(provinces, cell=0, words=HARM, basis=BASIS, claims=[claim], id="harm")
    report = checked([find, daily], tmp_path / "brief.html")
    assert len(report.found) >= 15
    assert report.problems == ()
