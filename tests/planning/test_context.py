"""Contexts: every field of every kind, ranges, what is not known, files that come back the same, and what is refused."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, fields
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.planning import Context, Outcome, Population, Range, Resources
from evidencekit.planning.context.contradictions import contradictions
from evidencekit.planning.settling import numbers, open_numbers, settled

EMPTY = Context()
KINDS = {path: EMPTY.asked(path).kind for path in EMPTY.paths}
BY_KIND = {kind: [path for path, one in KINDS.items() if one == kind] for kind in set(KINDS.values())}
NO_NUMBERS = ("0.1", True, (0.2, 0.1), (0.1,), (0.1, 0.2, 0.3), (0.1, "0.2"), (0.1, True), float("nan"), float("inf"), 10**400, {})
NUMBERS = [*BY_KIND["number"], *BY_KIND["share"]]


def of(path: str, value: Any) -> Context:
    """A context with one answer, and a currency so that money has its unit."""
    section, name = path.split(".")
    given: dict[str, Any] = {section: {name: value}}
    if path.startswith("resources.") and name != "currency":
        given[section]["currency"] = "USD" if path != "resources.per_usd" else "IDR"
    return Context.from_mapping(given)


def test_there_is_every_kind_of_field() -> None:
    assert set(BY_KIND) == {"yes or no", "share", "number", "choice", "text", "list"}
    assert len(EMPTY.paths) == len(set(EMPTY.paths)) > 40
    assert EMPTY.unknown == EMPTY.paths


@pytest.mark.parametrize("path", EMPTY.paths)
def test_every_field_asks_something_and_has_a_unit_where_it_is_a_number(path: str) -> None:
    asked = EMPTY.asked(path)
    assert asked.asks.endswith("?")
    assert bool(asked.unit) == (asked.kind == "number")
    assert bool(asked.choices) == (asked.kind == "choice")
    if asked.unknown is not None:
        assert asked.least <= asked.unknown.low <= asked.unknown.high <= asked.most
        assert asked.source


@pytest.mark.parametrize("path", EMPTY.paths)
@pytest.mark.parametrize("said", [None, "unknown"])
def test_every_field_may_be_unknown(path: str, said: Any) -> None:
    context = of(path, said)
    assert not context.has(path)
    assert path in context.unknown
    assert context[path] in (None, "", ())


@pytest.mark.parametrize("path", BY_KIND["yes or no"])
def test_yes_and_no(path: str) -> None:
    assert of(path, True)[path] is True
    assert of(path, "no")[path] is False
    for wrong in (1, 0.0, "maybe", "", [True], np.array([True, False])):
        with pytest.raises(InputError, match=f"{path} takes true, false or None"):
            of(path, wrong)


@pytest.mark.parametrize("path", BY_KIND["choice"])
def test_choices(path: str) -> None:
    for word in EMPTY.asked(path).choices:
        assert of(path, word)[path] == word
    for wrong in ("cencus", "", True, 3, ["none"]):
        with pytest.raises(InputError, match=f"{path}="):
            of(path, wrong)


@pytest.mark.parametrize("path", NUMBERS)
def test_numbers_and_ranges(path: str) -> None:
    asked = EMPTY.asked(path)
    low, high = (0.25, 0.5) if asked.kind == "share" else (2.0, 3.0)
    for given_, wanted in ((high, (high, high)), ((low, high), (low, high)), ([low, high], (low, high)), (Range(low, high), (low, high))):
        context = of(path, given_)
        assert context.range(path) == Range(*wanted)
        assert context.middle(path) == sum(wanted) / 2
        assert context.range(path).known == (wanted[0] == wanted[1])
    for kind in (np.float64, np.float32, Fraction):
        made = of(path, kind(high)).range(path)
        assert type(made.low) is float
        assert made == Range(high, high)


@pytest.mark.parametrize("path", NUMBERS)
@pytest.mark.parametrize("wrong", NO_NUMBERS)
def test_what_is_no_number_is_refused_by_its_place(path: str, wrong: Any) -> None:
    with pytest.raises(InputError, match=f"^{path}: "):
        of(path, wrong)


@pytest.mark.parametrize("path", NUMBERS)
def test_numbers_lie_where_they_can(path: str) -> None:
    asked = EMPTY.asked(path)
    for wrong in (asked.least - 1, (asked.least - 1, asked.least + 1), *([asked.most + 1] if np.isfinite(asked.most) else [])):
        with pytest.raises(InputError, match=f"^{path} is "):
            of(path, wrong)


@pytest.mark.parametrize("path", BY_KIND["text"])
def test_texts(path: str) -> None:
    assert of(path, "  two \n words ")[path] == "two words"
    with pytest.raises(InputError, match=f"{path} takes words, not a int"):
        of(path, 3)


@pytest.mark.parametrize("path", BY_KIND["list"])
def test_lists(path: str) -> None:
    assert of(path, ["Khmer", " English "])[path] == ("Khmer", "English")
    for wrong in ("Khmer", 3, {"a": 1}, [3]):
        with pytest.raises(InputError, match=f"{path} takes "):
            of(path, wrong)


def test_what_is_not_known_lies_between_the_ends_of_its_field() -> None:
    for path in NUMBERS:
        asked = EMPTY.asked(path)
        if asked.unknown is None:
            with pytest.raises(InputError, match=f"{path} is not known, and nothing can be assumed"):
                EMPTY.range(path)
        else:
            assert EMPTY.range(path) == asked.unknown
    with pytest.raises(InputError, match="is not a number"):
        EMPTY.range("access.school_frame")


def test_no_field_that_there_is_not() -> None:
    for wrong in ("access", "access.", "moon.phase", "access.moon", "population.__class__", ".who", "", 3, None, ("access", "internet")):
        for ask in (EMPTY.__getitem__, EMPTY.asked, EMPTY.range, EMPTY.has, lambda path: EMPTY.settled({path: 1})):
            with pytest.raises(InputError, match="There is no such field of a context"):
                ask(wrong)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ({"moon": {}}, "A context has no field 'moon'. It has 'name', 'population'"),
        ({"population": {"siz": 3}}, "population has no field 'siz'"),
        ({"population": 3}, "population of a context is a table of its fields"),
        ({"population": [1]}, "population of a context is a table of its fields"),
        ({"name": 3}, "name= of a context takes words, not a int"),
        ([], "A context is made of a mapping of its sections, not of a list"),
        (None, "A context is made of a mapping of its sections"),
    ],
)
def test_unknown_fields_and_sections(given_: Any, says: str) -> None:
    with pytest.raises(InputError) as caught:
        Context.from_mapping(given_)
    assert says in str(caught.value)


def test_sections_are_of_their_kind() -> None:
    with pytest.raises(InputError, match=r"population= of a context is a planning\.Population\(\.\.\.\), not a Outcome"):
        Context(population=Outcome())  # pyright: ignore[reportArgumentType]
    with pytest.raises(InputError, match="not a dict"):
        Context(outcome={"p": 0.1})  # pyright: ignore[reportArgumentType]


WORDS = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)


def _answers(path: str) -> st.SearchStrategy[Any]:
    asked = EMPTY.asked(path)
    if asked.kind == "yes or no":
        return st.none() | st.booleans()
    if asked.kind == "choice":
        return st.none() | st.sampled_from(asked.choices)
    if asked.kind == "text":
        return WORDS
    if asked.kind == "list":
        return st.lists(WORDS, max_size=3)
    number = st.floats(asked.least, min(asked.most, 1e300))
    return st.none() | number | st.tuples(number, number).map(sorted).map(tuple)


def _contexts() -> st.SearchStrategy[dict[str, Any]]:
    one = st.sampled_from(EMPTY.paths).flatmap(lambda path: st.tuples(st.just(path), _answers(path)))
    return st.tuples(WORDS, st.lists(one, max_size=8)).map(lambda both: {"name": both[0], **_nested(dict(both[1]))})


def _nested(answers: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for path, value in answers.items():
        section, name = path.split(".")
        out.setdefault(section, {})[name] = value
    return out


def _accepted(given_: dict[str, Any]) -> Context:
    """The context of some answers; those that exclude each other are passed over, and hypothesis complains where that is most of them."""
    answers = {f"{section}.{name}": value for section in given_ if section != "name" for name, value in given_[section].items()}
    assume(not contradictions(EMPTY.settled(answers, assumed=True)))
    return Context.from_mapping(given_)


@given(_contexts())
@settings(max_examples=60)
def test_a_context_comes_back_from_its_file(tmp_path_factory: pytest.TempPathFactory, given_: dict[str, Any]) -> None:
    context = _accepted(given_)
    path = tmp_path_factory.mktemp("context") / "context.toml"
    path.write_text(context.to_toml(), encoding="utf-8", newline="\n")
    again = Context.from_toml(path)
    assert again == context
    assert again.to_toml() == context.to_toml()
    assert hash(again) == hash(context)
    assert pickle.loads(pickle.dumps(context)) == context


@given(_contexts())
@settings(max_examples=60)
def test_a_settled_context_has_no_open_number_and_lies_within(given_: dict[str, Any]) -> None:
    money = {"currency": "USD"} if "currency" in given_.get("resources", {}) else {}  # of others it must be known what they are worth
    context = _accepted({**given_, "resources": {**given_.get("resources", {}), **money}})
    at = settled(context)
    assert open_numbers(at) == ()
    assert numbers(at) == numbers(context)
    for path in numbers(context):
        assert context.range(path).low <= at.middle(path) <= context.range(path).high
    assert [path for path in context.paths if path not in numbers(context) and at[path] != context[path]] == []


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "words.toml").write_text("population is large", encoding="utf-8")
    for name, says in (
        ("none.toml", "FileNotFoundError"),
        (".", "Error"),
        ("bytes.toml", "UnicodeDecodeError"),
        ("words.toml", "not TOML"),
    ):
        with pytest.raises(InputError, match=says):
            Context.from_toml(tmp_path / name)


def test_a_file_with_a_byte_order_mark_and_whole_numbers(tmp_path: Path) -> None:
    path = tmp_path / "context.toml"
    path.write_bytes(b'\xef\xbb\xbfname = "Lumora"\n[population]\nage_min = 12\nhidden = "unknown"\nout_of_school = [0, 1]\n')
    context = Context.from_toml(path)
    assert (context.name, context.range("population.age_min"), context["population.hidden"]) == ("Lumora", Range(12, 12), None)
    assert context.range("population.out_of_school") == Range(0, 1)


def test_answering_makes_a_new_context() -> None:
    context = Context(outcome=Outcome(p=(0.05, 0.15)))
    other = context.settled({"outcome.p": 0.1, "population.who": "children"})
    assert (context.range("outcome.p"), other.range("outcome.p"), other["population.who"]) == (
        Range(0.05, 0.15),
        Range(0.1, 0.1),
        "children",
    )
    with pytest.raises(InputError, match="contradicts itself"):
        context.settled({"resources.budget": 3})
    assert contradictions(context.settled({"resources.budget": 3}, assumed=True))
    with pytest.raises(FrozenInstanceError):
        context.name = "other"  # pyright: ignore[reportAttributeAccessIssue]


def test_what_is_shown() -> None:
    context = Context(
        name="Lumora",
        population=Population(who="children", out_of_school=(0.05, 0.1), hidden=False),
        resources=Resources(languages=("Khmer", "Lao")),
    )
    shown = repr(context)
    assert shown.splitlines()[0] == f"Context: Lumora; 4 of {len(EMPTY.paths)} fields answered"
    for words in ("population.out_of_school  0.05 to 0.1", "population.hidden         no", "Khmer, Lao"):
        assert words in shown
    assert repr(EMPTY) == f"Context: without a name; 0 of {len(EMPTY.paths)} fields answered"


CONTRADICTIONS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "population.age_min is above": ({"population.age_min": (14, 16), "population.age_max": 13}, {"population.age_max": (13, 15)}),
    "population.offenders, and population.age_max below 18": (
        {"population.offenders": True, "population.age_max": 17},
        {"population.age_max": (17, 18)},
    ),
    'access.household_frame is "none", and access.frame_age_years is given': (
        {"access.household_frame": "none", "access.frame_age_years": 3},
        {"access.household_frame": "gridded"},
    ),
    "population.internet_users_only, and access.internet is 0": (
        {"population.internet_users_only": True, "access.internet": 0},
        {"access.internet": (0, 0.1)},
    ),
    "access.schools_willing, and no access.school_frame": (
        {"access.schools_willing": True, "access.school_frame": False},
        {"access.school_frame": None},
    ),
    "safety.remote_only, and access.listing_affordable": (
        {"safety.remote_only": True, "access.listing_affordable": True},
        {"access.listing_affordable": False},
    ),
    "population.out_of_school is 1, and access.schools_willing": (
        {"population.out_of_school": 1, "access.schools_willing": True},
        {"population.out_of_school": (0.9, 1)},
    ),
    "protection.referral_path, and protection.services_per_week is 0": (
        {"protection.referral_path": True, "protection.services_per_week": 0},
        {"protection.services_per_week": (0, 5)},
    ),
    "resources has costs or a budget and no currency": ({"resources.cost_screen": 0}, {"resources.currency": "USD"}),
}


@pytest.mark.parametrize("says", CONTRADICTIONS)
def test_answers_that_exclude_each_other(says: str) -> None:
    has, has_not = CONTRADICTIONS[says]
    with pytest.raises(InputError) as caught:
        Context.from_mapping(_nested(has))
    assert says in str(caught.value)
    assert len(contradictions(EMPTY.settled(has, assumed=True))) == 1
    assert contradictions(Context.from_mapping(_nested(has | has_not))) == []


@pytest.mark.parametrize("name", ["budget", "cost_psu", "cost_listing", "cost_screen", "cost_interview"])
def test_money_needs_its_unit(name: str) -> None:
    with pytest.raises(InputError, match="a number of money needs its unit"):
        Context.from_mapping({"resources": {name: 5}})
    assert Context.from_mapping({"resources": {name: 5, "currency": "KHR"}}).middle(f"resources.{name}") == 5


def test_what_a_plan_assumes_contradicts_nothing() -> None:
    """The age of a list that is not there, and costs without a currency, are taken for the time being."""
    for context in (Context(), Context.from_mapping({"access": {"household_frame": "none"}})):
        assert ek.method_named("household_one_child").plan(context).se.high > 0


def test_sections_have_only_fields_that_ask() -> None:
    for section in (EMPTY.population, EMPTY.access, EMPTY.outcome, EMPTY.safety, EMPTY.protection, EMPTY.resources):
        assert all("asked" in one.metadata for one in fields(section))


@pytest.mark.parametrize("wrong", [(True, 1), ("1", 2), (float("nan"), 1), (0, float("inf")), (None, 1), (2, 1), (10**400, 10**401)])
def test_what_is_no_range(wrong: tuple[Any, Any]) -> None:
    with pytest.raises(InputError):
        Range(*wrong)


@given(st.tuples(st.floats(-1e300, 1e300), st.floats(-1e300, 1e300)).map(sorted))
def test_the_middle_lies_between(ends: list[float]) -> None:
    assert Range(*ends).low <= Range(*ends).middle <= Range(*ends).high


@pytest.mark.parametrize("text", ["\ud800", "a\x00b", "\x1b[31m"])
def test_characters_that_cannot_be_written_or_seen(text: str) -> None:
    with pytest.raises(InputError, match="name= of a context holds a character"):
        Context(name=text)
    with pytest.raises(InputError, match=r"population\.who holds a character"):
        Context().settled({"population.who": text})
    with pytest.raises(InputError, match=r"resources\.languages holds a character"):
        Context().settled({"resources.languages": [text]})


def test_a_name_is_one_line() -> None:
    assert Context(name=" two\nlines ").name == "two lines"


@pytest.mark.parametrize("given", [None, ["outcome.p"], 3])
def test_answers_that_are_no_mapping(given: Any) -> None:
    with pytest.raises(InputError, match="Answers are a mapping from fields"):
        Context().settled(given)


def test_a_name_that_is_nearly_one_is_suggested() -> None:
    with pytest.raises(InputError, match="Did you mean 'population'"):
        Context.from_mapping({"populaton": {}})
    with pytest.raises(InputError, match="Did you mean 'out_of_school'"):
        Context.from_mapping({"population": {"out_of_shool": 0.1}})
