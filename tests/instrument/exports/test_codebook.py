"""Codebooks say what the form says, count nothing small, and hold no answer."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pandas as pd
import pytest
from small_forms import small_form

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument.exports.ddi import NAMESPACE
from evidencekit.instrument.exports.entries import shown_counts

FORM = small_form()
NS = {"d": NAMESPACE}
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
# The order of elements in the schema of DDI-Codebook 2.5 (codebook.xsd: varType, catgryType, varGrpType, citationType).
VAR = [
    "location",
    "labl",
    "imputation",
    "security",
    "embargo",
    "respUnit",
    "anlysUnit",
    "qstn",
    "valrng",
    "invalrng",
    "undocCod",
    "universe",
    "TotlResp",
    "sumStat",
    "txt",
    "stdCatgry",
    "catgryGrp",
    "catgry",
    "codInstr",
    "verStmt",
    "concept",
    "derivation",
    "varFormat",
    "geoMap",
    "catLevel",
    "notes",
]
CATGRY = ["catValu", "labl", "txt", "catStat", "mrow"]
ALL = (".md", ".html", ".xlsx", ".xml", ".json")


@pytest.fixture(scope="module")
def data() -> Any:
    return ek.instrument.fictional_answers(FORM, 300, seed=4, prevalence={"asked": 0.2, "adult_safety": {1: 0.6, 2: 0.3, 3: 0.1, 4: 0}})


def written(path: Path) -> str:
    if path.suffix != ".xlsx":
        return path.read_text(encoding="utf-8")
    sheets = pd.read_excel(path, sheet_name=None, dtype=str, engine="calamine", keep_default_na=False)
    return "\n".join(sheet.to_csv() for sheet in sheets.values())


def in_order(names: list[str], order: list[str]) -> bool:
    places = [order.index(name) for name in names]
    return places == sorted(places)


@pytest.mark.parametrize("suffix", ALL)
def test_every_item_and_code_is_there(tmp_path: Path, suffix: str) -> None:
    text = written(ek.instrument.codebook(FORM, tmp_path / f"codebook{suffix}")).replace("\\", "")
    for item in FORM.questions:
        assert (item.name in text) == (item.kind != "note"), item.name
    for words in ("How old are you?", "I prefer not to say", "prefer not to say" if suffix != ".json" else "Je passe"):
        assert words in text or (suffix == ".json" and words == "Je passe")


@pytest.mark.parametrize("suffix", [".md", ".html", ".json"])
def test_labels_come_in_the_language_that_is_asked_for(tmp_path: Path, suffix: str) -> None:
    for language in ("French (fr)", "fr"):
        text = written(ek.instrument.codebook(FORM, tmp_path / f"c{suffix}", language=language)).replace("\\", "")
        assert "Quel age as-tu ?" in text
        assert "How old are you?" not in text
    with pytest.raises(InputError, match="not in the language given"):
        ek.instrument.codebook(FORM, tmp_path / f"c{suffix}", language="Khmer (km)")


def test_ddi_is_in_the_order_of_the_schema_and_reads_back(tmp_path: Path, data: Any) -> None:
    root = ET.parse(ek.instrument.codebook(FORM, tmp_path / "c.xml", data=data)).getroot()
    assert root.tag == f"{{{NAMESPACE}}}codeBook"
    assert root.get("version") == "2.5"
    assert [child.tag.split("}")[1] for child in root] == ["stdyDscr", "dataDscr"]
    assert root.findtext("d:stdyDscr/d:citation/d:titlStmt/d:titl", namespaces=NS) == "A small form"
    described = root.find("d:dataDscr", NS)
    assert described is not None
    kinds = [child.tag.split("}")[1] for child in described]
    assert kinds == sorted(kinds, key=lambda kind: ["varGrp", "var"].index(kind))
    variables = {var.get("name"): var for var in described.findall("d:var", NS)}
    assert list(variables) == [item.name for item in FORM.questions if item.kind != "note"]
    ids = [element.get("ID") for element in described]
    assert len(set(ids)) == len(ids)
    for group in described.findall("d:varGrp", NS):
        assert set((group.get("var") or "").split()) <= set(ids)
    for var in variables.values():
        assert in_order([child.tag.split("}")[1] for child in var], VAR)
        for category in var.findall("d:catgry", NS):
            assert in_order([child.tag.split("}")[1] for child in category], CATGRY)
    told = variables["told"]
    assert told.findtext("d:universe", namespaces=NS) == "(${agrees} = 1) and (${asked} = 1)"
    assert [item.get("VALUE") for item in told.findall("d:invalrng/d:item", NS)] == ["98", "99"]
    missing = {c.findtext("d:catValu", namespaces=NS): c.get("missType") for c in told.findall("d:catgry", NS) if c.get("missing") == "Y"}
    assert missing == {"98": "don't know", "99": "prefer not to say"}
    assert {label.get(LANG): label.text for label in variables["age"].findall("d:labl", NS)}["fr"] == "Quel age as-tu ?"
    assert variables["hours"].get("intrvl") == "contin"
    assert [item.get("VALUE") for item in variables["hours"].findall("d:invalrng/d:item", NS)] == ["-98"]
    counts = {
        c.findtext("d:catValu", namespaces=NS): c.findtext("d:catStat", namespaces=NS) for c in variables["asked"].findall("d:catgry", NS)
    }
    assert counts["0"] == str((data.frame["asked"] == 0).sum())


def test_the_table_schema_has_types_categories_and_kinds_of_missing(tmp_path: Path) -> None:
    schema = json.loads(ek.instrument.codebook(FORM, tmp_path / "c.json").read_text(encoding="utf-8"))
    fields = {field["name"]: field for field in schema["fields"]}
    assert fields["asked"]["type"] == "integer"
    assert fields["asked"]["categories"] == [{"value": 1, "label": "Yes"}, {"value": 0, "label": "No"}]
    assert [m["value"] for m in fields["asked"]["missingValues"]] == ["", "98", "99"]
    assert fields["used"]["type"] == "list"
    assert fields["used"]["delimiter"] == " "
    assert fields["hours"]["type"] == "number"
    assert fields["agrees"]["constraints"] == {"required": True}
    assert fields["age"]["constraints"] == {"minimum": 12, "maximum": 17}  # not required: of those who are asked
    assert [field["name"] for field in schema["repeats"]["device"]["fields"]] == ["device_kind", "device_age"]
    assert "device_kind" not in fields


@pytest.mark.parametrize(
    ("kind", "constraint", "limits"),
    [
        ("integer", ". > 11 and 18 > .", {"minimum": 12, "maximum": 17}),
        ("decimal", ". > 0 and . <= 2.5 and . <= 2", {"exclusiveMinimum": 0, "maximum": 2}),
        ("integer", ". >= -5 and . <= ${other}", {"minimum": -5}),
        ("integer", "(. >= 0 and . <= 5) or . = 99", None),
        ("integer", "not(. > 5)", None),
    ],
)
def test_the_table_schema_has_the_limits_of_numbers(tmp_path: Path, kind: Any, constraint: str, limits: Any) -> None:
    form = ek.Instrument("f", [ek.Item("other", "integer"), ek.Item("x", kind, constraint=constraint)])
    schema = json.loads(ek.instrument.codebook(form, tmp_path / "c.json").read_text(encoding="utf-8"))
    assert schema["fields"][1].get("constraints") == limits


@pytest.mark.parametrize("codes", [2, 3])
@pytest.mark.parametrize("fewest", [3, 5])
def test_no_small_count_follows_from_the_total(codes: int, fewest: int) -> None:
    """Of every way to get the counts: with the total, each count below the limit can be more than one number."""
    for numbers in itertools.product(range(3 * fewest), repeat=codes):
        shown, total = shown_counts(numbers, fewest), sum(numbers)
        open_total = total - sum(int(text) for text in shown if text.isdigit())
        ends = [(0, fewest - 1) if text.startswith("<") else (0, total) for text in shown if not text.isdigit()]
        low, high = sum(one for one, _ in ends), sum(two for _, two in ends)
        for (first, last), k in zip(ends, [k for k, text in enumerate(shown) if not text.isdigit()], strict=True):
            least, most = max(first, open_total - (high - last)), min(last, open_total - (low - first))
            assert most > least or numbers[k] == 0, (numbers, shown)
        assert not any(text.isdigit() and int(text) < fewest for text in shown)


def test_what_is_withheld_does_not_tell_the_sum() -> None:
    """Two codes of four or fewer each: with 8 in all, 4 and 4 is shown as 2 and 6 is."""
    assert len({tuple(shown_counts([k, 8 - k], 5)) for k in range(9)}) == 1
    assert shown_counts([4, 4, 30], 5) == shown_counts([3, 3, 32], 5) == ["<5", "<5", "not shown"]
    assert shown_counts([2, 3, 32], 5) == ["<5", "<5", "32"]


def counts_of(path: Path, name: str) -> dict[str, str]:
    table = pd.read_excel(path, sheet_name="codes", dtype=str, engine="calamine", keep_default_na=False)
    return table[table["name"] == name].set_index("code")["count"].to_dict()


def test_small_counts_are_not_shown(tmp_path: Path) -> None:
    lists = ek.Choices("c", {k: f"Answer {k}" for k in range(5)})
    names: list[tuple[str, Any, Any]] = [("one", "select_one", None), ("two", "select_one", None), ("many", "select_multiple", None)]
    names.append(("who", "select_one", "direct-identifier"))
    form = ek.Instrument("f", [ek.Item(name, kind, choices=lists, role=role) for name, kind, role in names])
    one = [0] * 40 + [1] * 30 + [2] * 12 + [3] * 9 + [4] * 2
    two = [0] * 80 + [1] * 9 + [2] * 4
    frame = pd.DataFrame({"one": one, "two": two, "many": ["0 1"] * 90 + ["4"] * 3, "who": one})
    path = ek.instrument.codebook(form, tmp_path / "c.xlsx", data=frame)
    # 4 alone is below five: the next smallest, 3, is withheld so that 4 does not follow from the rest
    assert counts_of(path, "one") == {"0": "40", "1": "30", "2": "12", "3": "not shown", "4": "<5"}
    assert counts_of(path, "two") == {"0": "80", "1": "9", "2": "<5", "3": "<5", "4": "<5"}
    assert counts_of(path, "many") == {"0": "90", "1": "90", "2": "<5", "3": "<5", "4": "<5"}
    assert set(counts_of(path, "who").values()) == {""}
    assert counts_of(ek.instrument.codebook(form, tmp_path / "d.xlsx", data=frame, fewest=10), "one")["3"] == "<10"
    for wrong in (0, 2, True):
        with pytest.raises(InputError, match="smallest count"):
            ek.instrument.codebook(form, tmp_path / "d.md", data=frame, fewest=wrong)


SECRET = "Zq7canary"


@pytest.mark.parametrize("suffix", ALL)
def test_no_answer_is_in_a_codebook(tmp_path: Path, data: Any, suffix: str) -> None:
    frame = data.frame.copy()
    frame["key"] = [f"{SECRET}{k}" for k in range(len(frame))]
    frame["comment"] = f"{SECRET} comment"
    frame["used"] = f"{SECRET}code"
    frame["spot"] = "61.234567 5.876543 0 4"
    frame["hours"] = 73591.25
    text = written(ek.instrument.codebook(FORM, tmp_path / f"c{suffix}", data=data.with_frame(frame)))
    for secret in (SECRET, "61.2345", "5.8765", "73591"):
        assert secret not in text


def test_labels_cannot_become_markup_or_formulas(tmp_path: Path) -> None:
    nasty = "=1+1 <script>|`*\x00"
    form = ek.Instrument("f", [ek.Item("q", "select_one", nasty, ek.Choices("c", {1: nasty}), constraint="`<b>`")], title=nasty)
    page = written(ek.instrument.codebook(form, tmp_path / "c.html"))
    assert "<script>" not in page
    ET.parse(ek.instrument.codebook(form, tmp_path / "c.xml"))
    text = written(ek.instrument.codebook(form, tmp_path / "c.md"))
    row = next(line for line in text.splitlines() if line.startswith("| 1"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 4
    assert "=1+1 <script>" in written(ek.instrument.codebook(form, tmp_path / "c.xlsx"))


def test_other_files_and_other_things_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="not written"):
        ek.instrument.codebook(FORM, tmp_path / "c.pdf")
    with pytest.raises(InputError, match="takes an Instrument"):
        ek.instrument.codebook("form", tmp_path / "c.md")  # type: ignore[arg-type]
