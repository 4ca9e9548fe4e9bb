"""Plans: what is not known widens them and is listed by how much, budgets cap them, and nobody is drawn before it is safe to."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import evidencekit as ek
from evidencekit.errors import InputError, Refused
from evidencekit.planning import Bias, Condition, Context, Line, Plan, Range, Sizing, clustered
from evidencekit.planning.biasing import biases_of, error, total
from evidencekit.planning.cards import BiasPrior
from evidencekit.planning.settling import numbers, open_numbers, settled
from evidencekit.sampling import Costs, Fieldwork, costed_plan

METHOD = ek.method_named("household_one_child")
EXAMPLE = METHOD.example()
KNOWN = settled(EXAMPLE)
FIELDWORK = Fieldwork(eligible=0.3, household_response=0.9, response=0.85)


def with_answers(**answers: Any) -> Context:
    """The example with other answers: ``outcome_p=...`` for outcome.p."""
    return EXAMPLE.settled({name.replace("_", ".", 1): value for name, value in answers.items()})


def test_where_everything_is_known_nothing_has_a_width() -> None:
    plan = METHOD.plan(KNOWN)
    assert plan.swings == ()
    assert plan.se.known
    assert plan.cost.known
    assert plan.se.low == plan.sizing.se
    assert plan.rmse == error(plan.sizing.se, plan.bias)
    assert (plan.method, plan.inference, plan.unknown) == (METHOD.name, "probability", ())


def test_the_error_that_is_wanted_is_planned_and_no_more() -> None:
    plan = METHOD.plan(KNOWN)
    assert plan.sizing.se == pytest.approx(0.15 * 0.12)
    assert plan.sizing.cases == pytest.approx(0.12 * plan.sizing.interviews)


def test_the_size_is_that_of_the_costed_plan() -> None:
    made = clustered(KNOWN, fieldwork=FIELDWORK, cv_weights=0.4)
    costs = Costs(psu=300, listing=150, screen=4, interview=35)
    wanted = costed_plan(0.12, costs=costs, rho=0.03, rse=0.15, cv_weights=0.4, fieldwork=FIELDWORK)
    got = (made.interviews, made.psus, made.take, made.cost, made.visits, made.deff)
    assert got == pytest.approx((wanted.interviews, wanted.psus, wanted.take, wanted.cost, wanted.households, wanted.deff), rel=1e-9)


OPEN = {
    "outcome.p": (0.05, 0.2),
    "outcome.rho": (0.01, 0.08),
    "access.eligible": (0.2, 0.5),
    "access.response": (0.6, 0.95),
    "resources.cost_psu": (100, 600),
    "resources.cost_interview": (5, 50),
}


@pytest.mark.parametrize("path", OPEN)
def test_a_swing_is_the_error_at_each_end(path: str) -> None:
    context = EXAMPLE.settled({path: OPEN[path], "resources.budget": 40_000})
    plan = METHOD.plan(context)
    errors = [METHOD.plan(settled(context, {path: end})).rmse.high for end in OPEN[path]]
    (swing,) = [one for one in plan.swings if one.field == path]
    assert (swing.at_low, swing.at_high) == pytest.approx(errors)
    assert swing.width == pytest.approx(abs(errors[1] - errors[0]))
    assert swing.asks == context.asked(path).asks


def test_swings_come_from_what_moves_the_error_most() -> None:
    plan = METHOD.plan(EXAMPLE.settled({**OPEN, "resources.budget": 60_000}))
    widths = [one.width for one in plan.swings]
    assert widths == sorted(widths, reverse=True)
    assert {one.field for one in plan.swings} <= set(open_numbers(plan.context))
    assert [line for line in repr(plan).splitlines() if line.startswith("find out ") and plan.swings[0].asks in line]


@st.composite
def _open_contexts(draw: st.DrawFn) -> Context:
    given_: dict[str, Any] = {}
    for path, (low, high) in OPEN.items():
        ends = sorted(draw(st.tuples(*[st.floats(low, high)] * 2)))
        given_[path] = draw(st.sampled_from([ends[0], tuple(ends)]))
    given_["resources.budget"] = draw(st.sampled_from([None, 25_000, 60_000, (40_000, 90_000)]))
    return EXAMPLE.settled(given_)


@given(_open_contexts())
@settings(max_examples=40)
def test_the_likely_plan_lies_between_the_best_and_the_worst(context: Context) -> None:
    try:
        plan = METHOD.plan(context)
    except InputError as refused:
        assert "budget" in refused.what  # noqa: PT017
        return
    likely = METHOD.plan(settled(context))
    for name in ("se", "rmse", "cost"):
        ours, theirs = getattr(plan, name), getattr(likely, name)
        assert ours.low <= theirs.low * (1 + 1e-12)
        assert theirs.high <= ours.high * (1 + 1e-12)
    assert plan.sizing.psus >= 30 - 1e-9
    assert plan.sizing.take >= 1
    if context.has("resources.budget"):
        assert plan.sizing.cost <= context.middle("resources.budget") * (1 + 1e-9)
    for swing in plan.swings:
        if swing.reached:
            assert plan.rmse.high >= likely.rmse.high * (1 - 1e-12)


def test_a_known_number_never_widens_a_plan() -> None:
    wide = METHOD.plan(EXAMPLE.settled(OPEN))
    for path in OPEN:
        narrow = METHOD.plan(EXAMPLE.settled({**OPEN, path: sum(OPEN[path]) / 2}))
        assert narrow.rmse.high - narrow.rmse.low <= wide.rmse.high - wide.rmse.low + 1e-12


@pytest.mark.parametrize("budget", [20_000, 30_000, 45_000])
def test_a_budget_that_is_too_small_for_the_error_is_spent(budget: float) -> None:
    plan = METHOD.plan(with_answers(resources_budget=budget))
    assert plan.sizing.cost == pytest.approx(budget)
    assert plan.sizing.se > 0.15 * 0.12


def test_a_budget_that_is_larger_is_not_spent() -> None:
    assert METHOD.plan(with_answers(resources_budget=1e9)).cost == METHOD.plan(with_answers(resources_budget=None)).cost
    assert METHOD.plan(EXAMPLE).cost.high < 120_000


@pytest.mark.parametrize(("budget", "psus"), [(17_000, 30.0), (16_000, 30.0), (None, 30.0)])
def test_thirty_areas_are_the_least(budget: float | None, psus: float) -> None:
    """With areas that are alike, fewer areas with more interviews would be cheaper: rule R14 has 30 all the same."""
    plan = METHOD.plan(with_answers(outcome_rho=0.0001, resources_budget=budget))
    assert plan.sizing.psus == psus
    assert plan.sizing.take == pytest.approx(plan.sizing.interviews / psus)
    assert budget is None or plan.sizing.cost <= budget * (1 + 1e-9)


@pytest.mark.parametrize("budget", [1, 13_500, 14_000])
def test_a_budget_for_less_than_thirty_areas(budget: float) -> None:
    with pytest.raises(InputError, match="The budget does not reach for 30 clusters with an interview in each"):
        METHOD.plan(with_answers(resources_budget=budget))


def test_a_budget_that_reaches_in_the_middle_and_not_at_an_end() -> None:
    """It is planned, the end is what to find out first, and the worst is the worst of what can be done."""
    plan = METHOD.plan(with_answers(resources_budget=20_000, resources_cost_psu=(100, 600)))
    first = plan.swings[0]
    assert (first.field, first.reached, first.width) == ("resources.cost_psu", False, math.inf)
    assert math.isfinite(first.at_low)
    assert math.isfinite(plan.rmse.high)
    assert "at its upper end cannot be done" in repr(plan)
    assert plan.rmse.low < METHOD.plan(with_answers(resources_budget=20_000, resources_cost_psu=350)).rmse.low


def test_ends_that_the_budget_reaches_one_by_one_and_not_together() -> None:
    plan = METHOD.plan(with_answers(resources_budget=22_500, resources_cost_psu=(250, 530), resources_cost_listing=(100, 210)))
    assert all(one.reached for one in plan.swings)
    assert plan.se.low < plan.sizing.se < plan.se.high


def biased(*priors: BiasPrior) -> Any:
    return replace(METHOD.card, bias=priors)


def prior(low: float, high: float, *when: Condition) -> BiasPrior:
    return BiasPrior("a bias", low, high, "points", "assumption", "assumption", when)


WITH, WITHOUT = (Condition(field="resources.tablets", allowed=(x,)) for x in (True, False))


def sizing_at(p: float = 0.12, *biases: Bias) -> Sizing:
    return Sizing(interviews=100, psus=30, take=3, deff=1.2, p=p, lines=(), days=1, biases=biases)


@pytest.mark.parametrize(
    ("tablets", "wanted", "names"), [(True, Range(-0.02, 0.0), 1), (False, Range(-0.05, -0.01), 1), (None, Range(-0.05, 0.0), 2)]
)
def test_biases_that_exclude_each_other_are_not_added_up(tablets: bool | None, wanted: Range, names: int) -> None:
    card, context = biased(prior(-0.02, 0.0, WITH), prior(-0.05, -0.01, WITHOUT)), with_answers(resources_tablets=tablets)
    assert total(card, sizing_at(), context) == wanted
    assert len(biases_of(card, sizing_at(), context)) == names


def test_biases_that_hold_together_are_added_up() -> None:
    card, sizing = biased(prior(-0.02, 0.0), prior(-0.05, 0.01, WITH)), sizing_at(0.12, Bias("missed", 0.001, 0.002, "the context"))
    total_ = total(card, sizing, with_answers(resources_tablets=True))
    assert (total_.low, total_.high) == pytest.approx((-0.069, 0.012))
    assert total(card, sizing, with_answers(resources_tablets=None)).high == pytest.approx(0.012)


def test_a_bias_on_a_number_and_on_a_choice_that_are_not_known() -> None:
    few = Condition(field="access.internet", at_most=0.5)
    census = Condition(field="access.household_frame", allowed=("census",))
    card = biased(prior(-0.03, -0.03, few), prior(0.01, 0.01, census))
    assert total(card, sizing_at(), with_answers(access_internet=(0.4, 0.9))) == Range(-0.03 + 0.01, 0.01)
    assert total(card, sizing_at(), with_answers(access_internet=0.9, access_household_frame=None)) == Range(0.0, 0.01)


@pytest.mark.parametrize(
    ("bias", "low", "high"),
    [((-0.04, 0.03), 0.03, 0.05), ((-0.04, 0.0), 0.03, 0.05), ((0.04, 0.4), 0.05, math.hypot(0.03, 0.4)), ((0, 0), 0.03, 0.03)],
)
def test_the_error_is_that_of_chance_and_bias(bias: tuple[float, float], low: float, high: float) -> None:
    got = error(0.03, Range(*bias))
    assert (got.low, got.high) == pytest.approx((low, high))


WRONG_SIZES: dict[str, dict[str, Any]] = {
    "interviews": {"interviews": math.nan},
    "psus": {"psus": 0.0},
    "take": {"take": -1.0},
    "deff": {"deff": math.inf},
    "days": {"days": math.nan},
    "visits": {"visits": -1.0},
    "cost": {"lines": (Line("interviews", 3, math.nan),)},
    "p": {"p": 1.0},
}


@pytest.mark.parametrize("name", WRONG_SIZES)
def test_a_sizing_holds_numbers_that_a_plan_can_be_made_of(name: str) -> None:
    with pytest.raises(InputError, match=f"{name} of a sizing is not"):
        replace(sizing_at(), **WRONG_SIZES[name])


@pytest.mark.parametrize(("size", "says"), [(lambda _: None, "gives a NoneType, not a"), (lambda _: 1 / 0, r"\(ZeroDivisionError\)")])
def test_a_size_that_fails_is_named_and_does_not_stop_others(size: Any, says: str) -> None:
    broken = replace(METHOD, sizing=size)
    with pytest.raises(InputError, match=says):
        broken.plan(EXAMPLE)
    made = ek.recommend(EXAMPLE, methods=[broken])
    assert [one.rules for one in made.refused] == [("size",)]


def test_a_size_that_fails_at_an_end_is_recommended_without_it() -> None:
    """At 0 an hour is divided by it: that end cannot be done, and the others can."""

    def size(context: Context) -> Sizing:
        return replace(METHOD.sizing(context), days=1 / context.middle("population.out_of_school"))

    made = ek.recommend(EXAMPLE.settled({"population.out_of_school": (0, 0.2)}), methods=[replace(METHOD, sizing=size)])
    (plan,) = made.plans
    assert (plan.swings[0].field, plan.swings[0].at_low) == ("population.out_of_school", math.inf)


ELEMENTS = ek.method_named("case_files")


@pytest.mark.parametrize("answers", [{"outcome.p": 0}, {"outcome.p": 1}, {"outcome.rse": 0}])
def test_numbers_for_which_no_sample_is_planned(answers: dict[str, Any]) -> None:
    for method in (METHOD, ELEMENTS):
        with pytest.raises(InputError, match=r"above 0|between 0 and 1"):
            method.plan(method.example().settled(answers))


def test_an_answer_that_costs_nothing_is_planned_for_the_error_wanted() -> None:
    plan = ELEMENTS.plan(ELEMENTS.example().settled({"resources.cost_file": 0}))
    assert plan.cost == Range(0.0, 0.0)
    assert plan.sizing.se == pytest.approx(0.15 * 0.15)


def test_services_that_take_next_to_nobody_are_told_without_endless_weeks() -> None:
    shown = repr(METHOD.plan(EXAMPLE.settled({"protection.services_per_week": 5e-324})))
    assert "weeks or more" not in shown


@pytest.fixture(scope="module")
def frame() -> ek.Frame:
    return ek.Frame(ek.fictional.area_list(), id="area_number", strata="stratum", size="households")


def test_nobody_is_drawn_without_an_approval(frame: ek.Frame) -> None:
    plan = METHOD.plan(EXAMPLE)
    for wrong in ("", "  ", None, 3):
        with pytest.raises(Refused, match="Nobody is drawn before an ethics board has approved the study"):
            plan.draw(frame, seed=1, ethics_id=wrong)  # pyright: ignore[reportArgumentType]
    assert plan.draw(frame, seed=1, ethics_id="2026-17") is not None


@pytest.mark.parametrize(
    "path", ["protection.referral_path", "protection.counsellor", "safety.privacy_possible", "protection.ethics_approved"]
)
def test_nobody_is_drawn_while_a_protection_is_not_known(frame: ek.Frame, path: str) -> None:
    plan = METHOD.plan(EXAMPLE.settled({path: None}))
    assert plan.fit.ok is None
    with pytest.raises(Refused, match="Before anybody is drawn it has to be known: "):
        plan.draw(frame, seed=1, ethics_id="2026-17")
    assert plan.draw(frame, seed=1, synthetic=True) is not None


def test_nobody_is_drawn_where_a_gate_is_shut(frame: ek.Frame) -> None:
    plan = METHOD.plan(EXAMPLE.settled({"protection.referral_path": False}))
    assert plan.fit.ok is False
    with pytest.raises(Refused, match="no path for referral"):
        plan.draw(frame, seed=1, ethics_id="2026-17")


def test_a_draw_is_repeated_by_its_seed(frame: ek.Frame) -> None:
    plan = METHOD.plan(EXAMPLE)
    one, two, other = (plan.draw(frame, seed=seed, synthetic=True) for seed in (1, 1, 2))
    units = [made.sample["area_number"].tolist() for made in (one, two, other)]
    assert units[0] == units[1] != units[2]
    assert len(units[0]) == round(plan.sizing.psus)


def test_areas_are_shared_among_strata_in_proportion_to_size(frame: ek.Frame) -> None:
    plan = METHOD.plan(EXAMPLE)
    drawn = plan.draw(frame, seed=3, synthetic=True).sample["stratum"].value_counts()
    sizes = frame.summary().set_index("stratum")["size"]
    assert drawn.min() >= 2
    assert (drawn - round(plan.sizing.psus) * sizes / sizes.sum()).abs().max() < 2.5
    alone = ek.Frame(frame.data, id="area_number", size="households")
    assert len(plan.draw(alone, seed=3, synthetic=True).sample) == round(plan.sizing.psus)
    crossed = ek.Frame(frame.data, id="area_number", size="households", strata=["province", "area"])
    assert len(plan.draw(crossed, seed=3, synthetic=True).sample) == round(plan.sizing.psus)


def test_frames_from_which_no_areas_can_be_drawn(frame: ek.Frame) -> None:
    plan = METHOD.plan(EXAMPLE)
    with pytest.raises(InputError, match="Units are drawn from a Frame, not from a DataFrame"):
        plan.draw(frame.data, seed=1, synthetic=True)
    with pytest.raises(InputError, match="in proportion to size, and the frame has none"):
        plan.draw(ek.Frame(frame.data, id="area_number"), seed=1, synthetic=True)


def test_a_method_without_a_draw_says_where_its_steps_are(frame: ek.Frame) -> None:
    plan = replace(METHOD, drawing=None).plan(EXAMPLE)
    with pytest.raises(InputError, match=r"has no draw of its own\. Its card says in field\.steps"):
        plan.draw(frame, seed=1, synthetic=True)


def test_what_is_no_context() -> None:
    for call in (METHOD.plan, METHOD.fits, lambda given_: METHOD.simulate(given_, seed=1)):
        for wrong in (None, {}, "Lumora", Context):
            with pytest.raises(InputError, match="A method takes a Context"):
                call(wrong)  # pyright: ignore[reportArgumentType]


def test_what_is_shown() -> None:
    plan: Plan = METHOD.plan(EXAMPLE)
    shown = repr(plan)
    assert shown.splitlines()[0].startswith("Plan: Household survey, one eligible child in each household (probability): ")
    for words in ("areas listed", "visits to households", "USD", "children referred", "bias: what is not said on a tablet"):
        assert words in shown
    assert "must be known" not in shown
    assert "must be known" in repr(METHOD.plan(EXAMPLE.settled({"protection.counsellor": None})))


def test_numbers_are_those_that_a_plan_needs() -> None:
    assert set(numbers(Context())) == {path for path in Context().paths if Context().asked(path).unknown is not None}
    assert open_numbers(KNOWN) == ()
