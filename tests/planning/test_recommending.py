"""What is recommended, in which order, what would change it, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from made_contexts import safe
from made_methods import made_method, out_of_school, sized

import evidencekit as ek
from evidencekit.planning import Method

PANEL = {"inference": "self-selected-adjusted"}


def household(folder: Path) -> Method:
    return made_method(folder, "household", size=sized(600, price=60.0), bias=(-0.01, 0.01))


def school(folder: Path, missed: Any = out_of_school) -> Method:
    return made_method(folder, "school", size=sized(2000, price=10.0, missed=missed), requires={"access.school_frame": [True]})


def panel(folder: Path, interviews: float = 20_000) -> Method:
    return made_method(folder, "panel", size=sized(interviews, price=1.0), said=PANEL)


def order(made: ek.Recommendation) -> list[str]:
    return [plan.method for plan in made.plans]


def test_the_class_comes_first_then_the_largest_error_then_cost_then_the_name(tmp_path: Path) -> None:
    given = [
        made_method(tmp_path, "b_twin", size=sized(900)),
        made_method(tmp_path, "a_twin", size=sized(900)),
        made_method(tmp_path, "cheaper", size=sized(900, price=9.0)),
        made_method(tmp_path, "exact", size=sized(1800)),
        made_method(tmp_path, "venue", size=sized(3000), said={"inference": "venue"}),
        made_method(tmp_path, "walk", size=sized(4000), said={"inference": "random-walk"}),
    ]
    made = ek.recommend(safe({"protection.services_per_week": 5000}), methods=given)
    assert order(made) == ["exact", "cheaper", "a_twin", "b_twin", "venue", "walk"]
    assert "less than" in made.about("exact").reason
    assert "costs more" in made.about("a_twin").reason
    assert "by its name" in made.about("b_twin").reason
    assert "says less of the population" in made.about("venue").reason


def test_a_lower_class_that_is_clearly_more_exact_stands_below_with_the_reason(tmp_path: Path) -> None:
    context = safe({"protection.services_per_week": 50_000})
    made = ek.recommend(context, methods=[panel(tmp_path), household(tmp_path)])
    first, second = made.plans
    assert order(made) == ["household", "panel"]
    assert second.rmse.high < first.rmse.low
    (aside,) = made.about("household").aside
    assert aside.method == "panel"
    assert "stands below" in aside.says
    near = ek.recommend(context, methods=[panel(tmp_path, 400), household(tmp_path)])
    assert near.about("household").aside == ()


def test_methods_of_another_measure_are_beside_and_change_places_with_the_question(tmp_path: Path) -> None:
    workers = made_method(
        tmp_path, "workers", said={"respondents": "adults", "measure": "seen-by-workers", "inference": "administrative", "minimum_age": 18}
    )
    made = ek.recommend(safe(), methods=[household(tmp_path), workers])
    assert (order(made), [plan.method for plan in made.beside]) == (["household"], ["workers"])
    assert "another question" in made.about("workers").reason
    asked = ek.recommend(safe({"outcome.measure": "seen-by-workers"}), methods=[household(tmp_path), workers])
    assert (order(asked), [plan.method for plan in asked.beside]) == (["workers"], ["household"])


def test_a_tip_is_where_plans_change_places(tmp_path: Path) -> None:
    """The school survey misses those out of school: the more there are, the further off it is, until the household survey is ahead."""
    given = [household(tmp_path), school(tmp_path)]
    made = ek.recommend(safe(), methods=given)
    assert order(made) == ["school", "household"]
    (tip,) = [one for one in made.about("school").tips if one.field == "population.out_of_school"][:1]
    assert (tip.ahead, tip.behind, tip.while_below) == ("school", "household", True)
    assert tip.says.startswith("School stays first, ahead of Household, while the share out of school is below")
    for at, expected in ((tip.at - 1e-4, ["school", "household"]), (tip.at + 1e-4, ["household", "school"])):
        assert order(ek.recommend(safe({"population.out_of_school": at}), methods=given)) == expected


def test_a_tip_agrees_with_the_formula(tmp_path: Path) -> None:
    """sqrt(se^2 + bias^2) of both: bias = p (1 - 1 / (1 + out (times - 1))) where times is 1.5."""
    given = [household(tmp_path), school(tmp_path)]
    tip = next(one for one in ek.recommend(safe(), methods=given).about("school").tips if one.field == "population.out_of_school")
    p, times = 0.12, 1.5
    variance = p * (1 - p) * 1.5
    bias = (variance / 600 + 0.01**2 - variance / 2000) ** 0.5
    out = (1 / (1 - bias / p) - 1) / (times - 1)
    assert tip.at == pytest.approx(out, rel=1e-6)


def test_a_tip_says_where_a_plan_is_as_exact_as_wanted(tmp_path: Path) -> None:
    """se = rse p at n = (1 - p) deff / (p rse^2): 400 = 0.88 * 1.5 / (0.12 rse^2)."""
    made = ek.recommend(safe(), methods=[made_method(tmp_path, "plain", size=sized(400))])
    tip = next(one for one in made.about("plain").tips if one.field == "outcome.rse")
    assert (tip.behind, tip.while_below) == ("", False)
    assert tip.at == pytest.approx((0.88 * 1.5 / (0.12 * 400)) ** 0.5, rel=1e-6)


def test_a_budget_tips_too(tmp_path: Path) -> None:
    """One spends the budget at 100 each, the other makes 400 interviews whatever it is: at 40,000 they are the same."""
    given = [made_method(tmp_path, "spends", size=sized(None, price=100.0)), made_method(tmp_path, "fixed", size=sized(400))]
    made = ek.recommend(safe(), methods=given)
    assert order(made) == ["spends", "fixed"]
    tip = next(one for one in made.about("spends").tips if one.field == "resources.budget" and one.behind)
    assert tip.at == pytest.approx(40_000, rel=1e-6)
    assert not tip.while_below


def test_what_is_not_known_is_listed_by_what_it_would_change(tmp_path: Path) -> None:
    answers = {
        "population.out_of_school": (0.02, 0.5),
        "protection.referral_path": None,
        "outcome.rho": None,
        "outcome.trend": None,
        "access.school_frame": None,
        "access.schools_willing": None,
    }
    made = ek.recommend(safe({**answers, "outcome.out_of_school_ratio": 2.0}), methods=[household(tmp_path), school(tmp_path)])
    found = {one.field: one for one in made.find_out_first}
    assert found["protection.referral_path"].first_changes
    assert set(found["protection.referral_path"].refuses) == {"household", "school"}
    assert "no plan is left that answers the question (G1)" in found["protection.referral_path"].says
    assert found["population.out_of_school"].first_changes
    assert "comes first" in found["population.out_of_school"].says
    assert found["access.school_frame"].needed == ("school",)
    assert "School" in found["access.school_frame"].says
    assert [one.first_changes for one in made.find_out_first] == sorted((one.first_changes for one in made.find_out_first), reverse=True)
    assert found["outcome.trend"].rules == ("R16",)
    assert "outcome.rho" not in found  # neither of these methods asks for it
    assert list(found)[-1] == "outcome.trend"


def test_the_largest_error_moves_from_end_to_end_of_a_number(tmp_path: Path) -> None:
    made = ek.recommend(safe({"outcome.p": (0.05, 0.2)}), methods=[made_method(tmp_path, "plain", size=sized(400))])
    found = {one.field: one for one in made.find_out_first}["outcome.p"]
    low, high = ((p * (1 - p) * 1.5 / 400) ** 0.5 for p in (0.05, 0.2))
    assert found.moves == pytest.approx(high - low)


def test_everything_unknown_is_answered_with_wide_ranges_and_what_to_find_out() -> None:
    made = ek.recommend(ek.Context(), methods=["household_one_child"])
    (plan,) = made.plans
    assert plan.rmse.high > 10 * plan.rmse.low
    assert plan.cost.high > 2 * plan.cost.low
    known = {"protection.referral_path", "safety.privacy_possible", "protection.ethics_approved", "outcome.p", "access.household_frame"}
    assert known <= {one.field for one in made.find_out_first}
    assert made.find_out_first[0].first_changes
    with pytest.raises(ek.errors.Refused):
        plan.draw("frame", seed=1, ethics_id="E-1")


def test_the_household_survey_of_its_own_example_can_be_drawn() -> None:
    context = ek.method_named("household_one_child").example().settled({"population.offenders": False})
    plan = ek.recommend(context, methods=["household_one_child"]).plans[0]
    frame = ek.Frame(ek.fictional.area_list(), id="area_number", size="households")
    drawn = plan.draw(frame, seed=7, ethics_id="E-1")
    assert len(drawn.sample) == round(plan.sizing.psus)


def test_no_money_is_refused_and_not_a_crash() -> None:
    made = ek.recommend(safe({"resources.budget": 0}), methods=["household_one_child"])
    (refused,) = made.refused
    assert made.plans == ()
    assert refused.rules == ("size",)
    assert "budget" in refused.why[0].says
    assert "No plan can be made here" in repr(made)


def test_a_budget_that_may_be_too_small_is_what_to_find_out() -> None:
    made = ek.recommend(safe({"resources.budget": (4_000, 200_000)}), methods=["household_one_child"])
    assert order(made) == ["household_one_child"]
    first = made.find_out_first[0]
    assert (first.field, first.first_changes, first.refuses) == ("resources.budget", True, ("household_one_child",))
    assert "if 4,000, no plan is left that answers the question (size)" in first.says.lower()


@pytest.mark.parametrize(
    ("context", "methods", "match"),
    [
        ("Lumora", None, "takes a Context, not a str"),
        (None, None, "takes a Context"),
        (ek.Context(), [], "names no method"),
        (ek.Context(), "household_one_child", "takes a list"),
        (ek.Context(), 3, "takes a list"),
        (ek.Context(), ["household_one_chidl"], "no method of that name"),
        (ek.Context(), [3], "Entry 1 of methods= is a int"),
        (ek.Context(), ["household_one_child", "household_one_child"], "more than once"),
    ],
)
def test_bad_input(context: Any, methods: Any, match: str) -> None:
    with pytest.raises(ek.errors.InputError, match=match):
        ek.recommend(context, methods=methods)


def test_a_context_that_contradicts_itself_never_gets_here() -> None:
    with pytest.raises(ek.errors.InputError, match="contradicts itself"):
        ek.recommend(safe({"safety.remote_only": True}))


def test_a_method_whose_size_fails_is_refused_and_the_others_are_not(tmp_path: Path) -> None:
    def broken(context: ek.Context) -> Any:
        raise ZeroDivisionError

    made = ek.recommend(safe(), methods=[household(tmp_path), made_method(tmp_path, "broken", size=broken)])
    assert order(made) == ["household"]
    assert "ZeroDivisionError" in made.refused[0].why[0].says


def test_a_size_that_fails_at_values_nobody_gave_does_no_harm(tmp_path: Path) -> None:
    def touchy(context: ek.Context) -> Any:
        if not 0.05 < context.middle("outcome.p") < 0.5:
            raise ValueError
        return sized(400)(context)

    given = [household(tmp_path), made_method(tmp_path, "touchy", size=touchy)]
    assert set(order(ek.recommend(safe(), methods=given))) == {"household", "touchy"}


def test_about_takes_plans_of_here_only(tmp_path: Path) -> None:
    made = ek.recommend(safe(), methods=[household(tmp_path)])
    assert made.about(made.plans[0]) is made.about("household")
    with pytest.raises(ek.errors.InputError, match="no plan here"):
        made.about("school")


def test_the_same_bytes_whatever_the_order_of_methods(tmp_path: Path) -> None:
    given = [household(tmp_path), school(tmp_path), panel(tmp_path)]
    one, other = (ek.recommend(safe({"outcome.p": (0.05, 0.2)}), methods=some) for some in (given, given[::-1]))
    assert one.explain() == other.explain()
    assert repr(one) == repr(other)
    assert one.find_out_first == other.find_out_first
    assert one.save(tmp_path / "one.html").read_bytes() == other.save(tmp_path / "other.html").read_bytes()


def test_explain_names_rules_and_sources_in_full(tmp_path: Path) -> None:
    given = [household(tmp_path), panel(tmp_path), made_method(tmp_path, "older_only", said={"minimum_age": 16})]
    context = safe({"resources.tablets": False, "protection.services_per_week": 50_000, "safety.privacy_possible": None})
    made = ek.recommend(context, methods=given)
    text = " ".join(made.explain().split())
    for advice in made.advice:
        for one in advice.cautions:
            assert one.rule in text
            assert one.source in text
    assert all(why.source in text for one in made.refused for why in one.why)
    assert "Must be known first (G2)" in text
    assert "More exact, and below all the same" in text


def test_one_screen(tmp_path: Path) -> None:
    given = [
        made_method(tmp_path, f"method_{k}", size=sized(400 + k), said={"title": "A survey of " + "many words " * 12}) for k in range(12)
    ]
    text = repr(ek.recommend(ek.Context(name="Lumora " * 40), methods=given))
    assert len(text.splitlines()) <= 24
    assert max(map(len, text.splitlines())) <= 130
