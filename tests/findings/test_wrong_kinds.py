"""What is passed of another kind is refused in our own words: every public function, every parameter in turn."""

from __future__ import annotations

import copy
import inspect
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import EvidencekitError
from evidencekit.findings import Action, Basis, Entry, Quantity, Register, Words, languages, recall

WRONG: tuple[Any, ...] = (None, 5, "x", [], float("nan"), 10**400, [None], {1: None}, b"x", True)
PEOPLE = "children aged 12-17"
Call = tuple[Callable[..., Any], dict[str, Any]]


def made() -> SimpleNamespace:
    """What the calls take: released tables, words, a finding, a claim, a register, a recall test."""
    fiction = ek.fictional.national_survey()
    survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu", population=PEOPLE)
    words = Words(did="were sent unwanted messages", people=PEOPLE, recall="in the past 12 months")
    groups = replace(words, groups={"sex": {"girl": "girls aged 12-17", "boy": "boys aged 12-17"}})
    harm = {"harm": "messages", "age": "12-17", "mode": "at home", "frame": "areas"}
    bases = [Basis(**harm, time=year) for year in ("2020", "2023", "2026")]
    rounds = []
    for seed in (1, 2, 3):
        sample = ek.Survey(ek.fictional.national_survey(seed=seed).data, weights="weight", strata="stratum", psu="psu")
        rounds.append(ek.release(ek.proportion(sample, "any_contact_unwanted")))
    total, sexes = (ek.release(ek.proportion(survey, "any_contact_unwanted", by=by)) for by in (None, "sex"))
    provinces = ek.release(ek.proportion(survey, "any_contact_unwanted", by="province"))
    both = ek.release(ek.proportion(survey, ["internet_daily", "any_contact_unwanted"]))
    act = Action(actor="schools", act="teach where to report", deadline="2027", marker="share who know it")
    find = ek.finding(total, words=replace(words, topic="solution"), action=act)
    claim = ek.findings.compare(sexes, [(0, 1)], words=groups)[0]
    number = Quantity(text="about 1 in 8", value=0.12, low=0.1, high=0.14)
    entry = find.entry()
    register = Register((entry,))
    staff = pd.DataFrame({"number": range(40), "office": ["a", "b"] * 20, "room": [k // 10 for k in range(40)]})
    assigned = recall.assign(staff, id="number", seed=1)
    answers = staff.assign(number_said=["1 in 6", "a half"] * 20, remembers="yes", near="1", coder="within")
    coded = recall.code(answers, find, id="number", nearest=("near", "1"))
    result = recall.analyse(coded, assigned)
    return SimpleNamespace(
        words=words,
        groups=groups,
        bases=bases,
        rounds=rounds,
        total=total,
        sexes=sexes,
        provinces=provinces,
        both=both,
        act=act,
        find=find,
        claim=claim,
        number=number,
        entry=entry,
        register=register,
        staff=staff,
        assigned=assigned,
        answers=answers,
        coded=coded,
        harm=harm,
        result=result,
    )


def of_verbs(m: SimpleNamespace) -> dict[str, Call]:
    """A valid call of every verb, its parameters by name."""
    return {
        "finding": (
            ek.finding,
            {"released": m.total, "words": m.words, "basis": m.bases[0], "action": m.act, "counterpart": m.find, "claims": [m.claim]},
        ),
        "Finding.headline": (m.find.headline, {}),
        "Finding.interval_words": (m.find.interval_words, {}),
        "Finding.caveats": (m.find.caveats, {}),
        "Finding.beside": (m.find.beside, {}),
        "Finding.entry": (m.find.entry, {}),
        "Finding.picture": (m.find.picture, {"kind": "dots"}),
        "Finding.picture tiles": (
            ek.finding(m.sexes, cell=0).picture,
            {"kind": "tiles", "layout": {"boy": (0, 0, "B"), "girl": (0, 1, "G")}},
        ),
        "Finding.save": (m.find.save, {"path": Path("record.json")}),
        "Claim.say": (m.claim.say, {}),
        "Claim.lines": (m.claim.lines, {}),
        "Claim.picture": (m.claim.picture, {}),
        "Claim.entry": (m.claim.entry, {}),
        "Action": (Action, {"actor": "schools", "act": "teach", "deadline": "2027", "marker": "share"}),
        "Action.also": (m.act.also, {"language": "vi", "actor": "a", "act": "b", "deadline": "2027", "marker": "d"}),
        "Basis": (Basis, m.harm),
        "Basis.of": (Basis.of, {"indicator": ek.indicator("V14")}),
        "breaks": (ek.findings.breaks, {"one": m.bases[0], "other": m.bases[1]}),
        "brief": (
            ek.brief,
            {"findings": [m.find], "path": Path("brief.html"), "title": "T", "content_note": "About children.", "help": "Helpline."},
        ),
        "changed": (ek.findings.changed, {"rounds": m.rounds[:2], "bases": m.bases[:2], "words": m.words}),
        "compare": (ek.findings.compare, {"released": m.sexes, "pairs": [(0, 1)], "words": m.groups}),
        "headcount": (ek.findings.headcount, {"released": m.total, "words": m.words, "population": 10**6, "source": "census of 2024"}),
        "ranked": (ek.findings.ranked, {"released": m.provinces, "cell": 0, "words": m.words, "among": "provinces"}),
        "trending": (ek.findings.trending, {"rounds": m.rounds, "bases": m.bases, "words": m.words, "years": [2020, 2023, 2026]}),
        "check_text": (ek.check_text, {"document": "About 1 in 8.\n", "register": m.register}),
        "reconcile": (ek.findings.reconcile, {"first": m.bases[0], "second": m.bases[1]}),
        "cascade": (
            ek.findings.cascade,
            {
                "released": m.both,
                "steps": {"internet_daily": "Online", "any_contact_unwanted": "Sent"},
                "first": "All",
                "title": "Two steps",
            },
        ),
        "overlap": (
            ek.findings.overlap,
            {"combinations": m.total, "totals": m.total, "sets": {"any_contact_unwanted": "Sent"}, "made_of": {"x": []}, "title": "T"},
        ),
    }


def of_nouns(m: SimpleNamespace) -> dict[str, Call]:
    """Of nouns that are typed."""
    return {
        "Entry": (Entry, {"id": "c", "headline": "About 1 in 8 were asked.", "numbers": [m.number]}),
        "Quantity": (Quantity, {"text": "about 1 in 8", "value": 0.12, "low": 0.1, "high": 0.14}),
        "Register": (Register, {"entries": [m.entry]}),
        "Register.entry": (m.register.entry, {"id": m.find.id}),
        "Register.with_": (m.register.with_, {"entry": m.entry}),
        "Register.from_json": (Register.from_json, {"text": m.register.to_json()}),
        "Register.save": (m.register.save, {"path": Path("register.json")}),
        "Register.read": (Register.read, {"path": Path("register.json")}),
        "TextReport.count": (ek.check_text("12%\n", m.register).count, {"verdict": "right"}),
        "TextReport.to_frame": (ek.check_text("12%\n", m.register).to_frame, {}),
        "Words": (Words, {"did": "were asked", "groups": {"sex": {"girl": "girls"}}}),
        "Words.also": (m.words.also, {"language": "vi", "did": "a", "people": "b", "recall": "c"}),
        "Catalogue.read": (ek.findings.Catalogue.read, {"path": Path("vi.po")}),
        "Catalogue.in_digits": (languages.ENGLISH.in_digits, {"digits": "latn"}),
    }


def of_languages(_: SimpleNamespace) -> dict[str, Call]:
    """Of the room of languages."""
    return {
        "languages.catalogue": (languages.catalogue, {"language": "en"}),
        "languages.speaking": (languages.speaking, {"language": "en"}),
        "languages.offered": (languages.offered, {}),
        "languages.said": (languages.said, {"template": "about {x}", "slots": {"x": 1}}),
        "languages.say": (languages.say, {"text": "a", "speech": languages.ENGLISH}),
        "languages.joined": (languages.joined, {"parts": ["a", "b"]}),
        "languages.percentage": (languages.percentage, {"value": "12"}),
        "languages.sentence": (languages.sentence, {"text": "a"}),
        "languages.template": (languages.template, {"text": "about {x}"}),
        "languages.Figure": (languages.Figure, {"value": 5}),
        "languages.Told": (languages.Told, {"english": "a", "others": {"vi": "b"}}),
    }


def of_recall(m: SimpleNamespace) -> dict[str, Call]:
    """Of the recall test."""
    return {
        "recall.Sessions": (recall.Sessions, {"size": 12, "icc": 0.05}),
        "recall.Coders": (recall.Coders, {"first": "coder"}),
        "recall.plan": (recall.plan, {"recall_a": 0.3, "recall_b": 0.5}),
        "recall.assign": (recall.assign, {"people": m.staff, "id": "number", "seed": 1}),
        "recall.Assignment.save": (m.assigned.save, {"path": Path("arms.csv")}),
        "recall.forms": (recall.forms, {"find": m.find, "seed": 1, "contact": "Ask us.", "help": "Helpline."}),
        "recall.code": (recall.code, {"answers": m.answers, "find": m.find, "id": "number"}),
        "recall.analyse": (recall.analyse, {"coded": m.coded, "assigned": m.assigned}),
        "recall.RecallTest.to_frame": (m.result.to_frame, {}),
        "recall.RecallTest.sentence": (m.result.sentence, {}),
    }


MADE = made()
CALLS = of_verbs(MADE) | of_nouns(MADE) | of_languages(MADE) | of_recall(MADE)
OURS = {
    "Brief",
    "Checklist",
    "Claim",
    "Finding",
    "Reconciliation",
    "TextReport",
    "ENGLISH",
    "LANGUAGES",
    "Language",
    "Message",
    "Catalogue",
} | {
    *("Agreement", "Assignment", "Codes", "Forms", "Plan", "RecallTest", "languages", "recall")
}  # nouns that verbs make, and names that cannot be called


@pytest.mark.parametrize("room", [ek.findings, languages, recall])
def test_every_public_name_is_looked_at(room: Any) -> None:
    before = "" if room is ek.findings else f"{room.__name__.rpartition('.')[2]}."
    assert {name for name in room.__all__ if f"{before}{name}" not in CALLS} <= OURS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("name", CALLS)
def test_only_our_own_errors_come_out(name: str, folder: Path) -> None:
    work, given = CALLS[name]
    if "path" in given and name.endswith("read"):
        given = {"path": Path("nowhere")}
    bare = list[str]()
    for parameter in inspect.signature(work).parameters:
        for wrong in WRONG:
            try:
                with warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    work(**{**given, parameter: copy.deepcopy(wrong)})
            except EvidencekitError:
                pass
            except Exception as trouble:
                bare.append(f"{parameter}={str(wrong)[:12]}: {type(trouble).__name__}: {str(trouble)[:80]}")
    assert bare == []


@pytest.mark.parametrize("name", CALLS)
def test_the_calls_are_valid(name: str, folder: Path) -> None:
    """Else every parameter would be refused for another one's sake."""
    work, given = CALLS[name]
    if name in ("overlap", "Register.read", "Catalogue.read"):  # need tables and files that fit: see their own tests
        return
    work(**given)
