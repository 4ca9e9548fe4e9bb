"""Every gate is shut in one context and open in another, and says what to do instead."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from made_contexts import safe
from made_methods import made_method, sized

import evidencekit as ek
from evidencekit.planning.fitting import Fit

SHUT: list[tuple[str, dict[str, Any]]] = [
    ("G1", {"protection.referral_path": False}),
    ("G1", {"protection.counsellor": False}),
    ("G2", {"safety.privacy_possible": False}),
    ("G2", {"safety.remote_only": True, "access.listing_affordable": False, "safety.device_shared": True}),
    ("G2", {"safety.remote_only": True, "access.listing_affordable": False, "safety.conflict": True}),
    ("G3", {"protection.ethics_approved": False}),
    ("G4", {"protection.mandatory_reporting": "all", "resources.tablets": False}),
    ("G5", {"protection.services_per_week": 1}),
    ("G5", {"protection.services_per_week": 0, "protection.referral_path": None, "resources.days": None}),
    ("G6", {"population.offenders": True, "population.age_max": 40}),
]
UNKNOWN: list[tuple[str, dict[str, Any]]] = [
    ("G1", {"protection.referral_path": None}),
    ("G2", {"safety.privacy_possible": None}),
    ("G3", {"protection.ethics_approved": None}),
    ("G2", {"safety.remote_only": None, "safety.device_shared": True}),
    ("G2", {"safety.remote_only": None, "safety.conflict": None}),
    ("G2", {"safety.remote_only": True, "access.listing_affordable": False, "safety.device_shared": None}),
    ("G2", {"safety.remote_only": True, "access.listing_affordable": False, "safety.conflict": None}),
    ("G4", {"protection.mandatory_reporting": None}),
    ("G4", {"protection.mandatory_reporting": "all", "resources.tablets": None}),
    ("G5", {"protection.services_per_week": None}),
    ("G5", {"protection.services_per_week": (0, 1000)}),
    ("G5", {"protection.services_per_week": (0, 1000), "resources.days": None}),
    ("G6", {"population.offenders": None}),
]
OPEN: list[dict[str, Any]] = [
    {"safety.remote_only": True, "access.listing_affordable": False},
    {"safety.device_shared": True, "safety.conflict": True},
    {"safety.device_shared": None, "safety.conflict": None},
    {"safety.remote_only": None},
    {"protection.mandatory_reporting": "none", "resources.tablets": None},
    {"protection.mandatory_reporting": "all"},
]


@pytest.mark.parametrize(("gate", "answers"), SHUT)
def test_a_gate_that_is_shut_refuses_what_asks_children(gate: str, answers: dict[str, Any], tmp_path: Path) -> None:
    child = made_method(tmp_path, "children_asked")
    files = made_method(tmp_path, "files_read", said={"respondents": "records", "measure": "cases-on-file", "inference": "administrative"})
    made = ek.recommend(safe(answers), methods=[child, files])
    assert made.plans == ()
    assert [one.method for one in made.refused] == ["children_asked"]
    assert gate in made.refused[0].rules
    why = next(one for one in made.refused[0].why if one.rule == gate)
    assert why.instead
    assert why.source
    assert [plan.method for plan in made.beside] == ["files_read"]


@pytest.mark.parametrize("gate", ["G1", "G2", "G3", "G4", "G5", "G6"])
def test_a_gate_that_is_open_lets_children_be_asked(gate: str, tmp_path: Path) -> None:
    made = ek.recommend(safe(), methods=[made_method(tmp_path, "children_asked")])
    assert not made.refused
    assert gate not in [one.rule for one in made.plans[0].unknown]


@pytest.mark.parametrize("answers", OPEN)
def test_what_shuts_no_gate(answers: dict[str, Any], tmp_path: Path) -> None:
    fit = made_method(tmp_path, "children_asked").fits(safe(answers))
    assert fit.ok is True


@pytest.mark.parametrize(("gate", "answers"), UNKNOWN)
def test_a_gate_of_which_nobody_knows_keeps_the_plan_and_stops_the_draw(gate: str, answers: dict[str, Any], tmp_path: Path) -> None:
    (plan,) = ek.recommend(safe(answers), methods=[made_method(tmp_path, "children_asked")]).plans
    assert gate in [one.rule for one in plan.unknown]
    with pytest.raises(ek.errors.Refused, match="has to be known"):
        plan.draw("frame", seed=1, ethics_id="E-1")
    assert plan.draw("frame", seed=1, synthetic=True) == "children_asked, frame, 1"


def test_a_plan_that_a_gate_shuts_is_not_drawn(tmp_path: Path) -> None:
    plan = made_method(tmp_path, "children_asked").plan(safe({"protection.referral_path": False}))
    with pytest.raises(ek.errors.Refused, match="path for referral"):
        plan.draw("frame", seed=1, ethics_id="E-1")


def test_gates_of_children_leave_adults_alone_and_ethics_holds_for_all(tmp_path: Path) -> None:
    said = {"respondents": "adults", "measure": "before-18", "minimum_age": 18}
    adults = made_method(tmp_path, "adults_asked", said=said)
    asked = {"outcome.measure": "before-18", "protection.referral_path": False, "protection.services_per_week": None}
    assert [plan.method for plan in ek.recommend(safe(asked), methods=[adults]).plans] == ["adults_asked"]
    (refused,) = ek.recommend(safe({**asked, "protection.ethics_approved": False}), methods=[adults]).refused
    assert refused.rules == ("G3",)


def test_services_that_can_take_all_in_more_weeks_slow_the_plan_down(tmp_path: Path) -> None:
    """400 interviews of 20 people take 4 days: 56 referred in a week. At 10 a week it needs 5.6 weeks, and there are 8."""
    child = made_method(tmp_path, "children_asked", size=sized(400))
    (plan,) = ek.recommend(safe({"protection.services_per_week": 10}), methods=[child]).plans
    assert plan.workload.over_capacity is True
    assert plan.workload.weeks_for_services == pytest.approx(5.6)
    assert "spread over 6 weeks or more" in " ".join(plan.workload.says)
    assert not plan.unknown


def test_services_that_cannot_take_all_in_the_days_given_refuse_it_with_weeks_and_interviews(tmp_path: Path) -> None:
    """At 5 a week it needs 11.2 weeks, and there are 8: 5 * 8 / 0.14 = 285.7 children."""
    child = made_method(tmp_path, "children_asked", size=sized(400))
    (refused,) = ek.recommend(safe({"protection.services_per_week": 5}), methods=[child]).refused
    (why,) = refused.why
    assert why.rule == "G5"
    assert "spread it over 12 weeks, or ask at most 285 children" in why.instead
    assert why.instead.startswith("Do not collect this from children")


def test_services_that_may_be_too_few_have_to_be_known_first(tmp_path: Path) -> None:
    child = made_method(tmp_path, "children_asked", size=sized(400))
    (plan,) = ek.recommend(safe({"protection.services_per_week": 5, "protection.referral_share": (0.05, 0.2)}), methods=[child]).plans
    assert [one.rule for one in plan.unknown] == ["G5"]


def test_services_without_days_are_slowed_down_for_as_long_as_it_takes(tmp_path: Path) -> None:
    child = made_method(tmp_path, "children_asked", size=sized(400))
    (plan,) = ek.recommend(safe({"protection.services_per_week": 1, "resources.days": None}), methods=[child]).plans
    assert "spread over 56 weeks or more" in " ".join(plan.workload.says)


def test_nobody_below_the_age_on_a_card_is_asked(tmp_path: Path) -> None:
    older = made_method(tmp_path, "older_only", said={"minimum_age": 14})
    (refused,) = ek.recommend(safe({"population.age_min": 12}), methods=[older]).refused
    assert refused.rules == ("age",)
    assert "14" in refused.why[0].says
    assert ek.recommend(safe({"population.age_min": 14}), methods=[older]).plans
    (plan,) = ek.recommend(safe({"population.age_min": None}), methods=[older]).plans
    assert "age" in [one.rule for one in plan.unknown]


def test_methods_that_ask_children_ask_no_grown_ups(tmp_path: Path) -> None:
    child = made_method(tmp_path, "children_asked", said={"minimum_age": 0})
    (refused,) = ek.recommend(safe({"population.age_min": 18, "population.age_max": 24}), methods=[child]).refused
    assert refused.rules == ("age",)
    assert "asks children" in refused.why[0].says
    for youngest in (17, None):
        assert child.fits(safe({"population.age_min": youngest})).ok is True


UNSAFE = {"protection.referral_path": False}


class Opened(ek.Method):
    """A method that says of itself that it can be used anywhere."""

    def fits(self, context: ek.Context) -> Fit:
        return Fit()

    def plan(self, context: ek.Context) -> ek.planning.Plan:
        return replace(super().plan(context), fit=Fit())


def test_no_method_opens_a_gate_for_itself(tmp_path: Path) -> None:
    child = made_method(tmp_path, "children_asked", size=sized(400))
    opened = Opened(**{one.name: getattr(child, one.name) for one in fields(child)})
    for answers, gate in ((UNSAFE, "G1"), ({"protection.services_per_week": 5}, "G5")):
        made = ek.recommend(safe(answers), methods=[opened])
        assert made.plans == ()
        assert made.refused[0].rules == (gate,)
    assert ek.recommend(safe(), methods=[opened]).plans


@pytest.mark.parametrize("what", ["fit", "context", "card", "sizing"])
def test_a_gate_holds_whatever_is_put_into_a_plan(what: str, tmp_path: Path) -> None:
    child = made_method(tmp_path, "children_asked", size=sized(400))
    plan = child.plan(safe() if what in ("context", "sizing") else safe(UNSAFE))
    changed = {
        "fit": Fit(),
        "context": safe(UNSAFE),
        "card": replace(plan.card, respondents="records"),
        "sizing": replace(plan.sizing, interviews=100_000.0),
    }
    other = replace(plan, **{what: changed[what]}, **({"fit": Fit()} if what == "card" else {}))
    with pytest.raises(ek.errors.Refused, match="Nobody is drawn for this"):
        other.draw("frame", seed=1, ethics_id="E-1")


@pytest.mark.parametrize("wrong", ["no", "yes", 1, None])
def test_only_true_says_that_a_frame_is_invented(wrong: Any, tmp_path: Path) -> None:
    plan = made_method(tmp_path, "children_asked").plan(safe(UNSAFE))
    with pytest.raises(ek.errors.InputError, match="synthetic= takes True or False"):
        plan.draw("frame", seed=1, synthetic=wrong)


def test_gates_have_sources_and_ids_of_their_own() -> None:
    assert [gate.id for gate in ek.planning.GATES] == ["G1", "G2", "G3", "G4", "G6"]
    assert all(gate.source and gate.instead for gate in ek.planning.GATES)
