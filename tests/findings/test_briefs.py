"""A brief: one page, never harm alone, every number of it in its record."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.findings.register.mentions import mentions

NOTE = {
    "title": "Children online in Lumora",
    "content_note": "This page is about harm to children online.",
    "help": "Helpline: call or write, day and night.",
}


def said_of(record: dict[str, Any]) -> list[str]:
    """Everything that a record's claims say."""
    return [text for one in record["claims"] for text in (one["text"], *one["details"], *one["caveats"])]


@pytest.fixture(scope="module")
def found() -> list[ek.Finding]:
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(
        fiction.data, weights="weight", strata="stratum", psu="psu", population="internet-using children aged 12-17 in Lumora"
    )
    harm = ek.findings.Words(
        did="received unwanted sexual messages or requests online",
        groups={"sex": {"girl": "internet-using girls aged 12-17 in Lumora"}},
        recall="in the past 12 months",
    )
    online = ek.findings.Words(did="went online every day, where lessons can reach them", topic="solution")
    act = ek.Action(
        actor="the Ministry of Education",
        act="teach every pupil where to report",
        deadline="September 2027",
        marker="share of pupils who know where to report",
        indicator="OWN2",
        evidence="moderate",
        threshold="below 1 in 20, the lesson is given every second year",
    )
    daily = ek.finding(ek.release(ek.proportion(survey, "internet_daily")), words=online, id="lumora-02")
    safe = ek.release(ek.proportion(survey, "any_contact_unwanted", by="sex"))
    claims = ek.findings.compare(safe, [({"sex": "girl"}, {"sex": "boy"})], words=harm, times=True, plan="plan of 2025")
    return [ek.finding(safe, cell={"sex": "girl"}, claims=claims, words=harm, action=act, counterpart=daily, id="lumora-01"), daily]


@pytest.mark.parametrize("kind", ["html", "docx", "pptx"])
def test_a_page_and_its_record_are_written_the_same_every_time(found: list[ek.Finding], tmp_path: Path, kind: str) -> None:
    one = ek.brief(found, tmp_path / f"one.{kind}", **NOTE)
    two = ek.brief(found, tmp_path / f"two.{kind}", **NOTE)
    assert one.page.read_bytes() == two.page.read_bytes()
    assert one.record.read_bytes() == two.record.read_bytes()
    assert "lumora-01" in one.record.read_text(encoding="utf-8")


def test_every_number_of_the_page_is_in_its_record(found: list[ek.Finding], tmp_path: Path) -> None:
    made = ek.brief(found, tmp_path / "brief.html", methods=["Asked at home in 2026."], **NOTE)
    record = json.loads(made.record.read_text(encoding="utf-8"))
    traced = {
        m.key
        for one in record["findings"]
        for m in mentions(" ; ".join([*one["wordings"], one["interval"], *one["caveats"], *said_of(one)]))
    }
    said = [line for block in record["said"] for line in block[:-1]]
    assert {m.key for line in said for m in mentions(line)} <= traced
    page = made.page.read_text(encoding="utf-8")
    for find in found:
        assert find.entry().headline in [one["headline"] for one in record["register"]["claims"]]
        assert all(claim.text in " ".join(said) for claim in find.claims)
        assert find.interval_words() in page


def test_the_page_holds_up_against_its_own_register(found: list[ek.Finding], tmp_path: Path) -> None:
    made = ek.brief(found, tmp_path / "brief.docx", **NOTE)
    report = ek.check_text(made.page, ek.findings.Register([one.entry() for one in found]), on="2026-11-01")
    assert not [one for one in report.problems if one.verdict == "stale"]
    headlines = " ".join(one.headline() for one in found)
    assert ek.check_text(headlines, ek.findings.Register([one.entry() for one in found]), on="2026-11-01").ok


def test_a_rule_that_is_open_is_told_with_what_the_finding_says(found: list[ek.Finding], tmp_path: Path) -> None:
    bare = [replace(one, id="", words=replace(one.words, recall=""), basis=None, claims=()) for one in found if one.words]
    notes = ek.brief(bare, tmp_path / "brief.html", **NOTE).notes
    told = [note for note in notes if " is open: " in note]
    assert told
    assert all(any(note.startswith(f'{one.id} ("{one.headline()}"): ') for one in bare) for note in told)


def test_harm_never_stands_alone(found: list[ek.Finding], tmp_path: Path) -> None:
    with pytest.raises(InputError, match="never about harm alone"):
        ek.brief(found[:1], tmp_path / "brief.html", **NOTE)
    assert not (tmp_path / "brief.html").exists()


@pytest.mark.parametrize("missing", ["title", "content_note", "help"])
def test_what_must_stand_on_the_page_is_asked_for(found: list[ek.Finding], tmp_path: Path, missing: str) -> None:
    with pytest.raises(InputError, match=missing):
        ek.brief(found, tmp_path / "brief.html", **{**NOTE, missing: " "})


def test_what_is_no_brief_is_refused(found: list[ek.Finding], tmp_path: Path) -> None:
    path = tmp_path / "brief.html"
    for given in ([], found * 2, [*found, "text"], found[0], [found[0].released.estimate]):
        with pytest.raises(InputError):
            ek.brief(given, path, **NOTE)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="words"):
        ek.brief([replace(found[0], words=None), found[1]], path, **NOTE)
    for where in (tmp_path / "brief.pdf", tmp_path / "nowhere" / "brief.html", tmp_path / "nowhere" / "brief.docx", None, 5):
        with pytest.raises(InputError):
            ek.brief(found, where, **NOTE)  # type: ignore[arg-type]
    for methods in ("one sentence", None, [5]):
        with pytest.raises(InputError):
            ek.brief(found, path, methods=methods, **NOTE)  # type: ignore[arg-type]
