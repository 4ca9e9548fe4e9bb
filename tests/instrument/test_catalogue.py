"""The catalogue's files hold to their schema: every expression is read, every name resolves, every rule has a known word."""

from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from typing import Any

import pytest

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument.expressions import parse
from evidencekit.instrument.indicators.concepts import Concept
from evidencekit.instrument.indicators.definition import Indicator
from evidencekit.instrument.indicators.shelf import NOTES, resolved, shelf

FOLDER = files("evidencekit.instrument.indicators") / "catalogue"
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.iterdir()}
ITEMS = tomllib.loads(TEXTS["items.toml"])
RECORDS = [record for name, text in TEXTS.items() if name != "items.toml" for record in tomllib.loads(text)["indicator"]]
NEEDED = {"code", "version", "title", "definition", "numerator", "universe", "recall", "sensitivity", "terminology"}
MAY = {"denominator", "ages", "unanswered", "reference_event", "minimum_n", "measure", "parts", *NOTES}
CHILDREN = [record for record in RECORDS if record.get("ages") == [12, 17] and record["recall"] == "past 12 months"]


def test_every_row_of_the_table_has_its_indicator() -> None:
    wanted = [f"V{k:02}" for k in range(1, 18)] + ["V03a", "V07a", "V11a"]
    wanted += [f"H{k:02}" for k in range(1, 9)] + [f"O{k:02}" for k in range(1, 5)] + [f"D{k:02}" for k in range(1, 7)]
    wanted += [f"C{k:02}" for k in range(1, 6)] + [f"Q{k:02}" for k in range(1, 4)]
    assert set(wanted) <= {record["code"] for record in RECORDS}
    assert all(name.endswith(".toml") for name in TEXTS)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record["code"])
def test_a_record_has_what_it_must_and_nothing_unknown(record: dict[str, Any]) -> None:
    assert set(record) >= NEEDED
    assert set(record) - NEEDED <= MAY
    assert re.fullmatch(r"[A-Z]\d{2}[a-z]?", record["code"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", record["version"])
    assert record["sensitivity"] in ("low", "medium", "high", "very high")
    assert all(record[name].strip() for name in NEEDED)
    for text in (record["numerator"], record.get("denominator", "${a}")):
        assert parse(text).names
        assert not parse(text).not_evaluable


def test_codes_and_versions_are_unique() -> None:
    keys = [(record["code"], record["version"]) for record in RECORDS]
    assert len(set(keys)) == len(keys) == len(shelf())


@pytest.mark.parametrize("key", shelf(), ids=lambda key: key[0])
def test_every_name_is_a_part_or_an_item(key: tuple[str, str]) -> None:
    made = shelf()[key]
    parts = {part.code for part in made.parts}
    assert {name for name in made.names if name not in parts} <= set(ITEMS)
    assert parts <= set(made.names), "a part that the expressions do not name"
    assert set(made.concepts) <= set(ITEMS)
    codes = {known for known, _ in shelf()}
    assert {*made.note("comparable_with"), *made.note("not_comparable_with")} <= codes - {made.code}


def test_every_item_is_used_and_its_gate_resolves() -> None:
    used = {name for made in shelf().values() for name in made.concepts}
    assert used == set(ITEMS)
    for name, item in ITEMS.items():
        made = Concept(**item)
        assert made.gate is None or set(made.gate.names) <= set(ITEMS) - {name}


@pytest.mark.parametrize("record", CHILDREN, ids=lambda record: record["code"])
def test_what_happens_online_to_children_can_be_had_among_internet_users_and_all(record: dict[str, Any]) -> None:
    if record["code"].startswith("V"):
        assert "${internet_user}" in record["denominator"]


def test_what_cannot_be_compared_says_so_on_both_sides() -> None:
    newest = {made.code: made for made in shelf().values()}
    for made in newest.values():
        for other in made.note("not_comparable_with"):
            if {made.code, other} <= {"V13", "V14", "V15", "V16", "V16a"}:
                assert made.code in newest[other].note("not_comparable_with") or {made.code, other} & {"V15"}


def test_only_what_was_verified_is_mapped() -> None:
    """The notes verified the name of SDG 16.2.3 and three categories of the ICVAC: no other indicator claims a mapping."""
    assert {made.code for made in shelf().values() if made.note("sdg")} == {"V16", "V16a"}
    assert {made.code for made in shelf().values() if made.note("icvac")} == {"V16", "V16a"}


def test_wording_stays_professional() -> None:
    """Terms that the field has retired or that are graphic are in none of the files."""
    retired = ("pornograph", "prostitut", "sextort", "victim of", "naked", "nude", "child sex ", "revenge")
    for name, text in TEXTS.items():
        plain = text.casefold().replace("never called work, trade or prostitution", "")
        assert not [word for word in retired if word in plain], name


def test_indicator_gives_the_newest_version_and_names_the_nearest() -> None:
    assert ek.indicator("V06") is ek.indicator("V06", version="1.0.0")
    with pytest.raises(InputError, match="Did you mean 'H01'"):
        ek.indicator("H010")
    with pytest.raises(InputError, match="no such version"):
        ek.indicator("V06", version="0.9.0")
    with pytest.raises(InputError, match="not a int"):
        ek.indicator(6)  # type: ignore[arg-type]
    with pytest.raises(InputError) as caught:
        ek.indicator("tamarind-7731")
    assert "tamarind" not in str(caught.value)


def test_versions_are_ordered_by_number() -> None:
    record = {"title": "t", "numerator": "${a}", "code": "X01"}
    made = resolved([{**record, "version": v} for v in ("1.9.0", "1.10.0")], {"a": Concept("a")})
    assert list(made) == [("X01", "1.9.0"), ("X01", "1.10.0")]


def test_catalogue_is_a_table() -> None:
    table = ek.instrument.catalogue()
    assert type(table).__module__.startswith("pandas")
    assert len(table) == len(RECORDS)
    assert table["code"].tolist() == sorted(table["code"])


PLANTED: dict[str, tuple[list[dict[str, Any]], str]] = {
    "one code twice": ([{"code": "X", "version": "1.0.0", "numerator": "${a}"}] * 2, "one code and version"),
    "an unknown item": ([{"code": "X", "version": "1.0.0", "numerator": "${b}"}], "names 'b'"),
    "an unknown part": ([{"code": "X", "version": "1.0.0", "numerator": "${Y}", "parts": {"Y": "1.0.0"}}], "not in the catalogue"),
    "a part of itself": ([{"code": "X", "version": "1.0.0", "numerator": "${X}", "parts": {"X": "1.0.0"}}], "part of itself"),
    "no expression": ([{"code": "X", "version": "1.0.0", "numerator": "${a} or"}], "cannot be read"),
    "a version in words": ([{"code": "X", "version": "first", "numerator": "${a}"}], "three numbers"),
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_faulty_file_is_refused(case: str) -> None:
    records, words = PLANTED[case]
    with pytest.raises(InputError, match=words):
        resolved(records, {"a": Concept("a")})


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "an unknown recall": ({"recall": "last year"}, "recall="),
    "ages the wrong way round": ({"ages": (17, 12)}, "lower first"),
    "one age": ({"ages": 12}, "youngest"),
    "no item": ({"numerator": "1 = 1"}, "names no item"),
    "what cannot be worked out": ({"numerator": "pulldata('a', 'b', 'c', ${a})"}, "cannot be worked out"),
    "a minimum of none": ({"minimum_n": 0}, "at least 1"),
    "parts that are codes": ({"parts": ("V06",)}, "takes Indicators"),
    "items that are texts": ({"items": {"a": "asks"}}, "to Concepts"),
    "items after each other": ({"items": {"a": Concept("a", "${b}"), "b": Concept("b", "${a}")}}, "after the other"),
    "a treatment of its own": ({"unanswered": "counted as yes"}, "unanswered="),
    "a code with a space": ({"code": "X 1"}, "short name"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_definition_that_cannot_be_used_is_refused(case: str) -> None:
    parts, words = BAD[case]
    with pytest.raises(InputError, match=words):
        Indicator(**{"code": "X", "numerator": "${a}"} | parts)


def test_the_fingerprint_is_of_what_changes_the_number() -> None:
    first = ek.Indicator(code="X", numerator="${a}", title="One")
    assert first.fingerprint == ek.Indicator(code="Y", numerator="${a}", title="Another", notes={"anchors": ["S"]}).fingerprint
    for change in (
        {"numerator": "${a} or ${b}"},
        {"ages": (12, 17)},
        {"unanswered": "counted as no"},
        {"items": {"a": Concept("a", "${u}")}},
    ):
        assert first.fingerprint != ek.Indicator(**{"code": "X", "numerator": "${a}"} | change).fingerprint  # type: ignore[arg-type]
    assert first == ek.Indicator(code="X", numerator="${a}", title="One")
    assert len({first, ek.Indicator(code="X", numerator="${a}", title="One")}) == 1
