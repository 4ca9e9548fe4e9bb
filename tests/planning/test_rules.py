"""Every rule warns in one context and not in another, and says where it is from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_contexts import safe
from made_methods import made_method, sized

import evidencekit as ek
from evidencekit.planning.rules import RULES, cautions_of

HOUSE = {"requires": {"access.listing_affordable": [True]}}
AREAS = {"requires": {"access.household_frame": ["census", "gridded", "none"]}}
SCHOOL = {"requires": {"access.school_frame": [True]}}
ONLINE = {"requires": {"access.panel_vendor": [True]}, "said": {"inference": "self-selected-adjusted"}}
VENUE = {"requires": {"access.venues": [True]}, "said": {"inference": "venue"}}
WALK = {"said": {"inference": "random-walk"}}
FILES = {"said": {"respondents": "records", "inference": "administrative"}}
PLAIN: dict[str, Any] = {}
NEW: dict[str, Any] = {}
KNOWN = {"population.hidden": True, "population.networked": True}

# rule, the method and the answers with which it warns, the method and the answers with which it does not
CASES: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("R1", HOUSE, NEW, SCHOOL, NEW),
    ("R2", HOUSE, {"safety.perpetrator_may_live_in_home": True}, HOUSE, NEW),
    ("R3", SCHOOL, {"population.out_of_school": 0.3}, SCHOOL, {"population.out_of_school": 0.0}),
    ("R4", PLAIN, {"access.internet": 0.4}, PLAIN, {"access.internet": 0.7}),
    ("R5", ONLINE, NEW, SCHOOL, NEW),
    ("R6", AREAS, {"access.frame_age_years": 14}, AREAS, {"access.frame_age_years": 9}),
    ("R7", WALK, NEW, HOUSE, NEW),
    ("R8", HOUSE, {"resources.tablets": False}, HOUSE, {"resources.tablets": True}),
    (
        "R9",
        PLAIN,
        {"population.hidden": True, "population.networked": True},
        PLAIN,
        {"population.hidden": True, "population.networked": False},
    ),
    ("R10", VENUE, NEW, PLAIN, {"population.hidden": False}),
    ("R11", PLAIN, {**KNOWN, "population.size": None}, PLAIN, {**KNOWN, "population.size": 900}),
    ("R12", PLAIN, {"resources.tablets": False}, PLAIN, {"resources.tablets": True}),
    ("R13", SCHOOL, {"protection.parental_consent": "required"}, SCHOOL, {"protection.parental_consent": "opt-out"}),
    ("R14", PLAIN, {"outcome.groups": 5}, PLAIN, {"outcome.groups": 1}),
    ("R15", PLAIN, {"outcome.groups": 10}, PLAIN, {"outcome.groups": 1}),
    ("R16", PLAIN, {"outcome.trend": True}, PLAIN, {"outcome.trend": False}),
    ("R17", PLAIN, {"resources.languages": ("Lumoran", "Tavi")}, PLAIN, {"resources.languages": ("Lumoran",)}),
    ("R18", PLAIN, {"access.substitution": True}, PLAIN, {"access.substitution": False}),
]
# rule, method, an answer left open: it asks
ASKS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("R2", HOUSE, {"safety.perpetrator_may_live_in_home": None}),
    ("R4", PLAIN, {"access.internet": (0.4, 0.8)}),
    ("R6", AREAS, {"access.household_frame": None, "access.frame_age_years": None}),
    ("R6", AREAS, {"access.frame_age_years": (5, 15)}),
    ("R8", HOUSE, {"resources.tablets": None}),
    ("R9", PLAIN, {"population.hidden": None, "population.networked": None}),
    ("R10", PLAIN, {"population.hidden": None}),
    ("R11", PLAIN, {"population.hidden": None, "population.size": None}),
    ("R12", PLAIN, {"outcome.sensitive": None, "resources.tablets": False}),
    ("R12", PLAIN, {"resources.tablets": None}),
    ("R13", SCHOOL, {"protection.parental_consent": None}),
]


def said(folder: Path, kind: dict[str, Any], answers: dict[str, Any]) -> dict[str, ek.planning.Caution]:
    """What rules say of a plan of a kind of method, by rule."""
    context = safe(answers)
    plan = made_method(folder, "made", size=sized(400, psus=40), **kind).plan(context)
    return {one.rule: one for one in cautions_of(RULES, context, plan)}


def test_there_are_eighteen_rules_in_order_each_with_a_case() -> None:
    assert [rule.id for rule in RULES] == [f"R{k}" for k in range(1, 19)] == [case[0] for case in CASES]
    assert all(rule.source and 0 < rule.weight <= 100 and rule.about for rule in RULES)


@pytest.mark.parametrize(("rule", "kind", "answers", "other", "otherwise"), CASES)
def test_a_rule_warns_where_it_applies_and_nowhere_else(
    rule: str, kind: dict[str, Any], answers: dict[str, Any], other: dict[str, Any], otherwise: dict[str, Any], tmp_path: Path
) -> None:
    found = said(tmp_path, kind, answers)
    assert rule in found
    assert found[rule].known
    assert found[rule].says.endswith(".")
    assert str(found[rule]).endswith(f"[{rule}]")
    assert rule not in said(tmp_path, other, otherwise)


@pytest.mark.parametrize(("rule", "kind", "answers"), ASKS)
def test_a_rule_asks_where_nobody_knows(rule: str, kind: dict[str, Any], answers: dict[str, Any], tmp_path: Path) -> None:
    found = said(tmp_path, kind, answers)
    assert not found[rule].known
    assert found[rule].asks
    assert "?" in found[rule].says


SILENT: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("R1", {**FILES, **HOUSE}, NEW),
    ("R4", FILES, {"access.internet": 0.4}),
    ("R4", {"said": {"measure": "before-18"}}, {"access.internet": 0.4}),
    ("R4", PLAIN, {"access.internet": 0.4, "population.internet_users_only": True}),
    ("R13", HOUSE, {"protection.parental_consent": "required"}),
    ("R13", SCHOOL, {"protection.parental_consent": "required", "access.response": 0.5}),
]


@pytest.mark.parametrize(("rule", "kind", "answers"), SILENT)
def test_where_a_rule_says_nothing(rule: str, kind: dict[str, Any], answers: dict[str, Any], tmp_path: Path) -> None:
    assert rule not in said(tmp_path, kind, answers)


@pytest.mark.parametrize("kind", [{"said": ONLINE["said"]}, {"requires": ONLINE["requires"]}])
def test_who_chose_to_answer_is_known_by_the_class_and_by_the_panel(kind: dict[str, Any], tmp_path: Path) -> None:
    assert said(tmp_path, kind, NEW)["R5"].known


@pytest.mark.parametrize("kind", [{"said": VENUE["said"]}, {"requires": VENUE["requires"]}])
def test_venues_are_known_by_the_class_and_by_the_list(kind: dict[str, Any], tmp_path: Path) -> None:
    assert said(tmp_path, kind, {"population.hidden": False})["R10"].known


@pytest.mark.parametrize(("out", "words"), [(0.15, "Schools reach nearly all"), (0.151, "It misses")])
def test_schools_that_reach_nearly_all_are_told_so(out: float, words: str, tmp_path: Path) -> None:
    assert said(tmp_path, SCHOOL, {"population.out_of_school": out})["R3"].says.startswith(words)


def test_nobody_is_warned_of_people_where_files_are_read(tmp_path: Path) -> None:
    hidden = {"population.hidden": True, "population.networked": True, "outcome.sensitive": True, "resources.tablets": False}
    assert set(said(tmp_path, FILES, {**hidden, "access.substitution": True})) <= {"R14", "R15"}


def test_warnings_come_by_weight_and_a_question_weighs_less(tmp_path: Path) -> None:
    answers = {"safety.perpetrator_may_live_in_home": True, "resources.tablets": False, "population.hidden": None, "outcome.groups": 1}
    found = list(said(tmp_path, HOUSE, answers).values())
    assert [one.rule for one in found[:3]] == ["R2", "R12", "R1"]
    weight = [one.weight - 30 * (not one.known) for one in found]
    assert weight == sorted(weight, reverse=True)


def test_school_and_case_numbers_stand_in_the_warning(tmp_path: Path) -> None:
    assert "2 to 30 in 100" in said(tmp_path, SCHOOL, {"population.out_of_school": (0.02, 0.3)})["R3"].says
    assert said(tmp_path, SCHOOL, {"population.out_of_school": 0.1})["R3"].says.startswith("Schools reach nearly all")
    assert "Some 4 cases" in said(tmp_path, PLAIN, {"outcome.groups": 10})["R15"].says  # 400 * 0.12 / 10
    assert "some 8 clusters" in said(tmp_path, PLAIN, {"outcome.groups": 5})["R14"].says  # 40 / 5


def test_a_sample_without_clusters_is_not_warned_of_few(tmp_path: Path) -> None:
    plan = made_method(tmp_path, "made", size=sized(400, psus=400)).plan(safe({"outcome.groups": 30}))
    assert "R14" not in [one.rule for one in cautions_of(RULES, plan.context, plan)]
