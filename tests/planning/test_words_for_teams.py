"""What a team that reads nothing but the words learns: why not, what is not known, what a number is, and in which currency."""

from __future__ import annotations

import inspect
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from made_contexts import safe
from made_methods import made_method, out_of_school, sized

import evidencekit as ek
from evidencekit.errors import InputError, Refused
from evidencekit.planning.rules import RULES

SECTIONS = ("Population", "Access", "Outcome", "Safety", "Protection", "Resources")
COSTS = [path for path in ek.Context().paths if path.startswith("resources.cost_")]


def test_a_condition_that_refuses_says_what_was_answered_what_is_needed_and_what_to_do() -> None:
    none = safe({"access.household_frame": "none", "access.frame_age_years": None})
    (refused,) = ek.recommend(none, methods=["household_one_child"]).refused
    (why,) = refused.why
    assert "Here: none. Needed: census or gridded." in why.says
    assert "grid" in why.instead
    assert "Here: none" in repr(ek.recommend(none, methods=["household_one_child"]))


def test_a_condition_on_a_number_says_the_number_and_one_that_forbids_says_where() -> None:
    (young,) = ek.recommend(safe(), methods=["online_panel"]).refused
    assert "Here: 12. Needed: at least 18." in young.why[0].says
    walk = ek.recommend(safe(), methods=["household_random_walk"]).refused[0].why[0]
    assert "Here: yes. Not to be used where it is: yes." in walk.says


@pytest.mark.parametrize("name", ek.method_names())
def test_every_condition_of_a_shipped_card_says_what_to_do_instead(name: str) -> None:
    card = ek.method_named(name).card
    assert all(one.instead for one in (*card.requires, *card.refuses_if))


@pytest.mark.parametrize("path", ["protection.referral_path", "protection.ethics_approved", "protection.mandatory_reporting"])
def test_what_is_not_known_is_asked_and_not_put_as_a_fact(path: str, tmp_path: Path) -> None:
    (plan,) = ek.recommend(safe({path: None}), methods=[made_method(tmp_path, "children_asked")]).plans
    (why,) = plan.unknown
    assert why.says == f"{plan.context.asked(path).asks} [{path}]"
    assert why.instead.startswith("Where ")
    with pytest.raises(Refused) as caught:
        plan.draw("frame", seed=1, ethics_id="E-1")
    assert f"has to be known: {why.says}" in str(caught.value)


def test_a_draw_says_how_much_more_has_to_be_known(tmp_path: Path) -> None:
    context = safe({"protection.referral_path": None, "protection.ethics_approved": None})
    (plan,) = ek.recommend(context, methods=[made_method(tmp_path, "children_asked")]).plans
    with pytest.raises(Refused, match=r"And 1 more: Plan\.unknown has them"):
        plan.draw("frame", seed=1, ethics_id="E-1")


def test_where_all_must_report_and_nobody_says_whether_there_are_tablets_that_is_asked(tmp_path: Path) -> None:
    context = safe({"protection.mandatory_reporting": "all", "resources.tablets": None})
    (plan,) = ek.recommend(context, methods=[made_method(tmp_path, "children_asked")]).plans
    assert "[resources.tablets]" in next(one for one in plan.unknown if one.rule == "G4").says


def test_the_page_says_what_to_do_about_what_is_not_known(tmp_path: Path) -> None:
    context = safe({"protection.ethics_approved": None})
    saved = ek.recommend(context, methods=[made_method(tmp_path, "children_asked")]).save(tmp_path / "advice.html")
    text = saved.read_text(encoding="utf-8")
    assert "[protection.ethics_approved] Where no ethics board has approved it: plan, cost and simulate it" in text
    assert "@media print" in text


def test_costs_that_nobody_gave_are_dollars_in_another_currency(tmp_path: Path) -> None:
    given: dict[str, Any] = {**dict.fromkeys(COSTS), "resources.budget": None, "resources.tablets": True}
    dollars, rupiah = safe(given), safe({**given, "resources.currency": "IDR", "resources.per_usd": 16_000})
    one, other = (ek.method_named("household_one_child").plan(context) for context in (dollars, rupiah))
    assert other.sizing.cost == pytest.approx(16_000 * one.sizing.cost)
    assert other.cost.high == pytest.approx(16_000 * one.cost.high)
    assert other.rmse.high == pytest.approx(one.rmse.high)
    unsure = rupiah.settled({"resources.per_usd": (15_000, 17_000)})
    assert unsure.range("resources.cost_file") == ek.planning.Range(2 * 15_000, 15 * 17_000)


def test_a_currency_of_which_nobody_says_what_it_is_worth_is_asked_about_and_needs_no_answer_where_costs_are_given() -> None:
    unknown = safe({"resources.currency": "IDR", "resources.cost_file": None})
    with pytest.raises(InputError, match=r"resources\.cost_\w+ is not known.*US dollars"):
        ek.recommend(unknown)
    with pytest.raises(InputError, match=r"resources\.per_usd"):
        ek.method_named("case_files").plan(unknown)
    given = replace(unknown.resources, **{path.split(".")[1]: 10.0 for path in COSTS})
    assert ek.recommend(replace(unknown, resources=given)).plans


def test_a_dollar_is_one_dollar_and_costs_without_a_currency_are_in_dollars() -> None:
    with pytest.raises(InputError, match=r"per_usd is not 1"):
        ek.Context(resources=ek.planning.Resources(currency="US dollars", per_usd=2))
    assert ek.Context().currency == "USD"
    assert " USD" in repr(ek.recommend(ek.Context(), methods=["household_one_child"]))


def test_biases_span_what_the_context_leaves_open(tmp_path: Path) -> None:
    method = made_method(tmp_path, "school", size=sized(900, missed=out_of_school), bias=(-0.03, 0.01))
    known = method.plan(safe({"population.out_of_school": 0.2, "outcome.out_of_school_ratio": 2.5})).biases
    spread = method.plan(safe({"population.out_of_school": 0.2, "outcome.out_of_school_ratio": (0.5, 2.5)}))
    first = {one.name: one for one in spread.biases}[known[0].name]
    assert first.low == pytest.approx(known[0].low)
    assert first.low < 0 < first.high
    assert spread.bias.low == pytest.approx(sum(one.low for one in spread.biases))
    assert spread.bias.high == pytest.approx(sum(one.high for one in spread.biases))


def test_a_method_that_answers_another_question_says_whose_share_it_is_planned_with() -> None:
    made = ek.recommend(safe(), methods=["frontline_workers", "school_classes"])
    assert "share expected for prevalence (12 in 100)" in made.about("frontline_workers").reason
    assert 'outcome.measure = "seen-by-workers"' in made.about("frontline_workers").reason


@pytest.mark.parametrize(
    ("rule", "unknown"), [("R8", "resources.tablets"), ("R12", "resources.tablets"), ("R13", "protection.parental_consent")]
)
def test_a_rule_that_asks_warns_of_the_answer_that_it_is_about(rule: str, unknown: str) -> None:
    method = "school_classes" if rule != "R8" else "household_one_child"
    made = ek.recommend(safe({unknown: None}), methods=[method])
    says = next(one.says for one in made.about(method).cautions if one.rule == rule)
    assert "If it is so" not in says  # tablets are there: then it is not so
    assert says.startswith(made.context.asked(unknown).asks)
    assert next(one for one in RULES if one.id == rule).lead in says


@pytest.mark.parametrize("name", SECTIONS)
def test_help_on_a_section_has_its_questions_and_what_is_taken_for_an_answer(name: str) -> None:
    section, said = getattr(ek.planning, name), inspect.getdoc(getattr(ek.planning, name)) or ""
    for path in ek.Context().paths:
        if path.startswith(f"{name.lower()}."):
            asked = ek.Context().asked(path)
            assert f"{path.split('.')[1]} : " in said
            assert asked.asks in said
            assert asked.unknown is None or f"not known: {asked.unknown}" in said
    assert section().__class__ is section


@pytest.mark.parametrize("given", ["40,000", "12%", "$300"])
def test_a_number_in_quotation_marks_says_how_to_write_it_and_never_what_it_was(given: str) -> None:
    with pytest.raises(InputError, match="without quotation marks") as caught:
        ek.planning.Resources(budget=given)  # pyright: ignore[reportArgumentType]
    assert given not in str(caught.value)


def test_what_is_so_in_a_part_of_the_place_is_said_to_be_no_or_a_context_of_its_own() -> None:
    with pytest.raises(InputError, match="each part is a context"):
        ek.planning.Protection(referral_path="in two of three provinces")  # pyright: ignore[reportArgumentType]


def test_a_field_that_there_is_not_is_answered_with_all_that_there_are() -> None:
    with pytest.raises(InputError) as caught:
        ek.Context.from_mapping({"access": {"school_coverage": 0.78}})
    assert all(repr(path.split(".")[1]) in str(caught.value) for path in ek.Context().paths if path.startswith("access."))


def test_what_checks_a_method_is_found_where_everything_is() -> None:
    assert ek.testing.check_method.__name__ == "check_method"


def test_the_context_in_the_readme_can_be_read_and_planned(tmp_path: Path) -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    lines = readme[readme.index('    name = "three provinces"') : readme.index("    context = ek.Context.from_toml")]
    (tmp_path / "lumora.toml").write_text(lines.replace("    ", ""), encoding="utf-8")
    context = ek.Context.from_toml(tmp_path / "lumora.toml")
    assert "protection.referral_path" in context.unknown
    assert ek.recommend(context, methods=["school_classes", "household_one_child"]).plans[0].method == "school_classes"
