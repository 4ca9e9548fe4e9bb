"""Cards: what is left unsaid, of a wrong kind, or not known is refused, with its place; what a condition says of a context."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.combining.classes import CLASSES, has_design
from evidencekit.errors import InputError
from evidencekit.planning import Access, Card, Condition, Context, Population, Range, Safety, read_card
from evidencekit.planning.cards.reading import SECTIONS

ROOT = Path(__file__).resolve().parents[2]
FULL: dict[str, Any] = tomllib.loads((ROOT / "methods" / "household_one_child" / "card.toml").read_text(encoding="utf-8"))
NAME = "household_one_child"
LISTS = ("requires", "refuses_if", "assumptions", "bias", "references", "changelog")
ENTRIES = [(section, entry) for section, entries in SECTIONS.items() for entry in entries]
SENTENCES = [(s, e) for s, e in ENTRIES if isinstance((FULL[s][0] if s in LISTS else FULL[s])[e], list) and e != "field"]
TEXTS = [(s, e) for s, e in ENTRIES if isinstance((FULL[s][0] if s in LISTS else FULL[s])[e], str)]


def toml(given_: Any) -> str:
    """A value as TOML."""
    if isinstance(given_, Mapping):
        return "{" + ", ".join(f"{name} = {toml(value)}" for name, value in given_.items()) + "}"
    if isinstance(given_, list):
        return "[" + ", ".join(map(toml, given_)) + "]"
    return json.dumps(given_)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / NAME
    made.mkdir()
    return made


def read(folder: Path, card: Mapping[str, Any]) -> Card:
    text = "\n".join(f"{name} = {toml(value)}" for name, value in card.items())
    (folder / "card.toml").write_text(text, encoding="utf-8")
    return read_card(folder)


def refused(folder: Path, card: Mapping[str, Any]) -> str:
    with pytest.raises(InputError) as caught:
        read(folder, card)
    return str(caught.value)


def changed(section: str, entry: str, value: Any) -> dict[str, Any]:
    """The card with another value somewhere, in the first table of a list; without the entry where it is `...`."""
    card = deepcopy(FULL)
    table = card[section][0] if section in LISTS else card[section]
    if value is ...:
        table.pop(entry, None)
    else:
        table[entry] = value
    return card


def test_the_whole_card_is_read(folder: Path) -> None:
    made = read(folder, FULL)
    assert made == ek.method_named(NAME).card == read_card(folder / "card.toml")
    assert (made.name, made.coverage, made.minimum_age, made.estimand.measure) == (NAME, 0.93, 12, "prevalence")
    assert made.bias[1].when == (Condition(field="resources.tablets", allowed=(True,)),)
    shown = repr(made)
    assert "requires access.household_frame is census or gridded: areas are drawn from it" in shown
    assert "not where safety.remote_only is yes: households are visited" in shown


@pytest.mark.parametrize("section", SECTIONS)
def test_a_missing_section(folder: Path, section: str) -> None:
    said = refused(folder, {name: value for name, value in FULL.items() if name != section})
    assert said.startswith(f"The card of {NAME} has no section {section}.")


@pytest.mark.parametrize(("section", "entry"), ENTRIES)
@pytest.mark.parametrize("value", [..., "", "  ", []], ids=["missing", "empty", "blank", "an empty list"])
def test_a_missing_entry(folder: Path, section: str, entry: str, value: Any) -> None:
    said = refused(folder, changed(section, entry, value))
    assert said == f"{section} in the card of {NAME} does not say {entry}. The card in the template shows how."


@pytest.mark.parametrize(("section", "entry"), TEXTS)
@pytest.mark.parametrize("value", [3, 1.5, True, ["a"], {"a": 1}])
def test_a_text_that_is_none(folder: Path, section: str, entry: str, value: Any) -> None:
    assert refused(folder, changed(section, entry, value)).startswith(f"{section}.{entry} in the card of {NAME} is a text, not a ")


@pytest.mark.parametrize(("section", "entry"), SENTENCES)
@pytest.mark.parametrize("value", ["a sentence", [3], ["a", " "], [["a"]], 3, True])
def test_sentences_that_are_none(folder: Path, section: str, entry: str, value: Any) -> None:
    assert refused(folder, changed(section, entry, value)) == f"{section}.{entry} in the card of {NAME} is a list of sentences."


@pytest.mark.parametrize("value", ["twelve", "12", 12.0, True, -1, 121, [12]])
def test_a_minimum_age_is_in_years(folder: Path, value: Any) -> None:
    assert "method.minimum_age in the card" in refused(folder, changed("method", "minimum_age", value))
    assert read(folder, changed("method", "minimum_age", 0)).minimum_age == 0


@pytest.mark.parametrize("value", [1, 1.0, 0.4, 93.0, True, "0.93", "none", [0.93]])
def test_a_floor_of_coverage_is_a_share(folder: Path, value: Any) -> None:
    assert f"The card of {NAME} has no floor of coverage" in refused(folder, changed("conformance", "coverage", value))


@pytest.mark.parametrize("inference", CLASSES)
def test_a_floor_goes_with_a_design(folder: Path, inference: str) -> None:
    card = changed("method", "inference", inference)
    with_floor, without = deepcopy(card), deepcopy(card)
    without["conformance"]["coverage"] = "none"
    right, wrong = (with_floor, without) if has_design(inference) else (without, with_floor)
    assert read(folder, right).coverage == (0.93 if has_design(inference) else None)
    assert "floor of coverage" in refused(folder, wrong)


@pytest.mark.parametrize("section", SECTIONS)
def test_what_a_section_has_not(folder: Path, section: str) -> None:
    assert f"{section} in the card of {NAME} has no field 'moon'." in refused(folder, changed(section, "moon", "full"))
    assert "A card has no field 'moon'" in refused(folder, {**FULL, "moon": {}})


@pytest.mark.parametrize("section", SECTIONS)
def test_tables_and_lists_of_tables(folder: Path, section: str) -> None:
    wrong = FULL[section][0] if section in LISTS else [FULL[section]]
    kind = "a list of tables" if section in LISTS else "one table"
    assert refused(folder, {**FULL, section: wrong}) == f"{section} in the card of {NAME} is {kind}."
    assert refused(folder, {**FULL, section: ["a"] if section in LISTS else "a"}).startswith(f"{section} in the card of {NAME} is a")


@pytest.mark.parametrize("section", LISTS)
def test_lists_that_are_empty(folder: Path, section: str) -> None:
    if section in ("requires", "refuses_if"):
        assert getattr(read(folder, {**FULL, section: []}), section) == ()
    else:
        assert refused(folder, {**FULL, section: []}) == f"{section} in the card of {NAME} is empty. Say at least one."


@pytest.mark.parametrize(
    ("section", "entry", "words"),
    [
        ("method", "inference", "inference='moon' is not known"),
        ("method", "respondents", "respondents='moon' is not known"),
        ("method", "status", "status='moon' is not known"),
        ("bias", "unit", "unit='moon' is not known"),
        ("bias", "status", "status='moon' is not known"),
        ("references", "status", "status='moon' is not known"),
        ("method", "name", f"The card in the folder {NAME} calls its method otherwise"),
        ("requires", "field", "names no field of a context"),
        ("refuses_if", "field", "names no field of a context"),
    ],
)
def test_words_that_there_are_not(folder: Path, section: str, entry: str, words: str) -> None:
    assert words in refused(folder, changed(section, entry, "moon"))


@pytest.mark.parametrize(
    ("bias", "words"),
    [
        ({"low": 1.0, "high": 0.6}, "has its lower end above its upper one"),
        ({"low": "0.6"}, "has two numbers as its ends"),
        ({"high": True}, "has two numbers as its ends"),
        ({"low": -0.1}, "is larger than any share"),
        ({"unit": "points", "low": -2.0, "high": 0.0}, "is larger than any share"),
        ({"unit": "points", "low": 0.0, "high": 5}, "is larger than any share"),
        (
            {"when": {"field": "resources.tablets", "is": [True]}},
            "is a list of conditions",
        ),
        ({"when": ["resources.tablets"]}, "is a list of conditions"),
        ({"when": [{"field": "moon", "is": [True]}]}, "names no field of a context"),
        ({"when": [{"is": [True]}]}, "names no field of a context"),
        ({"when": [{"field": "resources.tablets", "is": [True], "moon": 1}]}, "has no field 'moon'"),
    ],
)
def test_biases_that_cannot_be(folder: Path, bias: dict[str, Any], words: str) -> None:
    card = deepcopy(FULL)
    card["bias"][0] |= bias
    assert words in refused(folder, card)


def test_a_bias_in_points_and_in_times(folder: Path) -> None:
    card = deepcopy(FULL)
    card["bias"] = [{**card["bias"][0], "low": 1, "high": 2}, {**card["bias"][1], "unit": "points", "low": -0.02, "high": 0}]
    times, points = read(folder, card).bias
    assert times.at(0.1) == pytest.approx((0.0, 0.1))
    assert points.at(0.1) == (-0.02, 0.0)
    assert type(times.low) is float


@pytest.mark.parametrize(
    "condition",
    [
        {"field": "access.household_frame", "is": ["cencus"]},
        {"field": "access.household_frame", "is": []},
        {"field": "access.household_frame"},
        {"field": "access.household_frame", "is": [True]},
        {"field": "access.household_frame", "at_least": 1},
        {"field": "access.household_frame", "is": ["census"], "at_least": 1},
        {"field": "safety.conflict", "is": ["no"]},
        {"field": "safety.conflict", "is": [0]},
        {"field": "safety.conflict", "at_most": 0.5},
        {"field": "access.internet", "is": [0.5]},
        {"field": "access.internet", "at_least": "0.5"},
        {"field": "access.internet", "at_least": True},
        {"field": "access.internet", "at_least": 0.9, "at_most": 0.5},
        {"field": "access.internet"},
        {"field": "population.who", "is": ["children"]},
        {"field": "resources.languages", "is": ["Khmer"]},
        {"field": "resources.languages", "at_least": 1},
    ],
)
@pytest.mark.parametrize("section", ["requires", "refuses_if"])
def test_conditions_that_do_not_fit_their_field(folder: Path, section: str, condition: dict[str, Any]) -> None:
    card = {**FULL, section: [{"why": "a reason", **({"instead": "another"} if section == "refuses_if" else {}), **condition}]}
    said = refused(folder, card)
    assert f"condition on {condition['field']} in the card of {NAME} " in said
    assert "does not fit its field" in said or "can never hold" in said


def test_files_that_cannot_be_read(folder: Path) -> None:
    with pytest.raises(InputError, match="FileNotFoundError"):
        read_card(folder)
    for text, words in ((b"\xff\xfe", "UnicodeDecodeError"), (b"a b", "The card is not TOML"), (b"", "has no section method")):
        (folder / "card.toml").write_bytes(text)
        with pytest.raises(InputError, match=words):
            read_card(folder)


def test_a_card_is_found_from_its_own_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read(folder, FULL)
    monkeypatch.chdir(folder)
    assert read_card(".").name == read_card("card.toml").name == NAME


NO, UNSAID = False, None
HOLDS: list[tuple[Condition, Context, bool | None]] = [
    (Condition(field="access.household_frame", allowed=("census", "gridded")), Context(access=Access(household_frame="gridded")), True),
    (Condition(field="access.household_frame", allowed=("census", "gridded")), Context(access=Access(household_frame="none")), NO),
    (Condition(field="access.household_frame", allowed=("census", "gridded")), Context(), UNSAID),
    (Condition(field="safety.conflict", allowed=(False,)), Context(safety=Safety(conflict=False)), True),
    (Condition(field="safety.conflict", allowed=(False,)), Context(safety=Safety(conflict=True)), NO),
    (Condition(field="safety.conflict", allowed=(False,)), Context(), UNSAID),
    (Condition(field="access.internet", at_least=0.5), Context(access=Access(internet=0.5)), True),
    (Condition(field="access.internet", at_least=0.5), Context(access=Access(internet=(0.5, 0.9))), True),
    (Condition(field="access.internet", at_least=0.5), Context(access=Access(internet=(0.4, 0.5))), UNSAID),
    (Condition(field="access.internet", at_least=0.5), Context(access=Access(internet=(0.1, 0.49))), NO),
    (Condition(field="access.internet", at_least=0.5), Context(), UNSAID),
    (Condition(field="population.age_max", at_most=17), Context(population=Population(age_max=(16, 17))), True),
    (Condition(field="population.age_max", at_most=17), Context(population=Population(age_max=(17, 18))), UNSAID),
    (Condition(field="population.age_max", at_most=17), Context(population=Population(age_max=18)), NO),
    (Condition(field="access.internet", at_least=0.2, at_most=0.8), Context(access=Access(internet=(0.1, 0.9))), UNSAID),
    (Condition(field="access.internet", at_least=0.2, at_most=0.8), Context(access=Access(internet=0.9)), NO),
]


@pytest.mark.parametrize(("condition", "context", "holds"), HOLDS, ids=range(len(HOLDS)))
def test_what_a_condition_says_of_a_context(condition: Condition, context: Context, holds: bool | None) -> None:
    assert condition.holds(context) is holds


SHARES = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


@given(SHARES, SHARES)
def test_a_condition_on_a_range_is_that_of_every_number_in_it(between: list[float], allowed: list[float]) -> None:
    condition = Condition(field="access.internet", at_least=allowed[0], at_most=allowed[1])
    looked_at = [*between, Range(*between).middle, *(end for end in allowed if between[0] <= end <= between[1])]
    one_by_one = {condition.holds(Context(access=Access(internet=x))) for x in looked_at}
    holds = condition.holds(Context(access=Access(internet=Range(*between))))
    assert holds is (one_by_one.pop() if len(one_by_one) == 1 else None)


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (Condition(field="safety.conflict", allowed=(False,)), "safety.conflict is no"),
        (Condition(field="access.internet", at_least=0.5), "access.internet is at least 0.5"),
        (Condition(field="access.internet", at_least=0.5, at_most=1), "access.internet is at least 0.5 and at most 1"),
    ],
)
def test_conditions_in_words(condition: Condition, says: str) -> None:
    assert condition.says == says


def test_children_are_not_called_adults() -> None:
    card = ek.method_named("household_one_child").card
    with pytest.raises(InputError, match="asks some below 18"):
        replace(card, respondents="adults")
    assert replace(card, respondents="adults", minimum_age=18).minimum_age == 18


def test_biases_that_hang_on_too_many_answers() -> None:
    card = ek.method_named("household_one_child").card
    paths = [path for path in Context().paths if Context().asked(path).kind == "yes or no"]
    many = [replace(card.bias[0], when=(Condition(field=path, allowed=(True,)),)) for path in paths]
    assert len(replace(card, bias=tuple(many[:6])).bias) == 6
    with pytest.raises(InputError, match="hang on 7 fields of a context, more than 6"):
        replace(card, bias=tuple(many[:7]))
