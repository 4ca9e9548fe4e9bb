"""Every method that is shipped keeps what every method promises, and the page about them says what their cards say."""

from __future__ import annotations

import inspect
from dataclasses import asdict
from importlib import import_module
from typing import Any, get_type_hints

import numpy as np
import pytest
from many_simulations import many, simulations

import evidencekit as ek
import methods_page
from evidencekit.combining.classes import has_design
from evidencekit.planning import Card, Condition, Context
from evidencekit.testing import check_method

NAMES = methods_page.shipped()
CARDS = {name: ek.method_named(name).card for name in NAMES}
DESIGNED = [name for name in NAMES if has_design(CARDS[name].inference)]
FEW, MANY = 200, 2000


def conditions(card: Card) -> list[tuple[str, Condition, bool]]:
    """What a card asks of a context, and whether it must hold or must not."""
    return [(card.name, one, True) for one in card.requires] + [(card.name, one, False) for one in card.refuses_if]


CONDITIONS = [one for card in CARDS.values() for one in conditions(card)]


@pytest.mark.parametrize("name", NAMES)
def test_a_method_keeps_its_promises(name: str) -> None:
    """Among them: nothing is off but by chance, intervals hold the truth, the plan promises the error that comes, stacks change nothing."""
    found = check_method(ek.method_named(name), sims=FEW)
    assert (found.method, found.sims) == (name, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_method_keeps_its_promises_with_less_left_to_chance(name: str) -> None:
    assert check_method(ek.method_named(name), sims=MANY, seed=21).sims == MANY


@pytest.mark.parametrize("name", DESIGNED)
def test_standard_errors_are_what_estimates_spread_by(name: str) -> None:
    found = many(ek.method_named(name), 300)
    assert 0.9 < found.se.mean() / found.sd < 1.1


@pytest.mark.parametrize("name", NAMES)
def test_an_example_needs_nothing_more_to_be_known_and_is_within_its_budget(name: str) -> None:
    method = ek.method_named(name)
    context = method.example()
    plan = method.plan(context)
    assert method.fits(context).ok is True
    assert plan.inference == method.card.inference
    assert plan.cost.high <= context.middle("resources.budget") * (1 + 1e-12)
    assert plan.sizing.psus >= 30
    assert (plan.workload.referrals is None) == (method.card.respondents != "children")


def against(condition: Condition, wanted: bool) -> Any:
    """An answer with which a condition does not hold, where it must, or holds, where it must not."""
    asked = Context().asked(condition.field)
    ends = [asked.least, *(end for end in (condition.at_least, condition.at_most, asked.most) if end is not None), 200.0]
    answers = {"yes or no": (True, False), "choice": asked.choices}.get(asked.kind, [end for end in ends if end <= min(asked.most, 1e6)])
    for answer in answers:
        if condition.holds(Context().settled({condition.field: answer}, assumed=True)) is not wanted:
            return answer
    raise AssertionError(f"no answer breaks {condition.says}: it can be left out")


@pytest.mark.parametrize(("name", "condition", "wanted"), CONDITIONS, ids=[f"{name} {one.field}" for name, one, _ in CONDITIONS])
def test_each_condition_on_a_card_refuses_and_asks_where_it_is_not_known(name: str, condition: Condition, wanted: bool) -> None:
    method = ek.method_named(name)
    context, asks = method.example(), Context().asked(condition.field).asks
    broken = method.fits(context.settled({condition.field: against(condition, wanted)}, assumed=True))
    assert any(why.rule == "card" and why.says.startswith(asks) for why in broken.against)
    left_open = method.fits(context.settled({condition.field: None}, assumed=True))
    assert left_open.ok is None
    assert any(why.rule == "card" and why.says.startswith(asks) for why in left_open.unknown)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("field", ["protection.referral_path", "safety.privacy_possible"])
def test_children_are_not_asked_where_they_cannot_be_kept_safe(name: str, field: str) -> None:
    method = ek.method_named(name)
    against = method.fits(method.example().settled({field: False})).against
    assert any(why.rule in ("G1", "G2") for why in against) is (method.card.respondents == "children")


@pytest.mark.parametrize("name", [name for name in NAMES if hasattr(import_module(f"evidencekit.methods.{name}"), "CV_WEIGHTS")])
def test_weights_vary_as_the_plan_takes_it(name: str) -> None:
    """Their standard deviation over their mean, where a method takes one for every context; others are held to their errors alone."""
    taken = import_module(f"evidencekit.methods.{name}").CV_WEIGHTS
    weights = [np.asarray(one.data["weight"]) for one in simulations(ek.method_named(name), 40)]
    assert np.mean([one.std() / one.mean() for one in weights]) == pytest.approx(taken, abs=0.1)


@pytest.mark.parametrize("name", [*NAMES, "_template"])
def test_annotations_name_what_there_is(name: str) -> None:
    module = import_module(f"evidencekit.methods.{name}")
    own = [one for _, one in inspect.getmembers(module, inspect.isfunction) if one.__module__ == module.__name__]
    assert {"size", "simulate", "analyse"} <= {one.__name__ for one in own}
    for one in own:
        assert "return" in get_type_hints(one), one.__name__


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_numbers_on_the_page_are_measured_again(name: str) -> None:
    found = asdict(check_method(ek.method_named(name), sims=methods_page.SIMS, seed=methods_page.SEED))
    for entry, told in methods_page.kept()[name].items():
        assert found[entry] == (pytest.approx(told, rel=1e-4) if isinstance(told, float) else told), entry


def test_the_page_says_what_the_cards_say() -> None:
    assert methods_page.PAGE.read_text(encoding="utf-8") == methods_page.page(), "python3 dev.py methods-page"


@pytest.mark.parametrize("name", NAMES)
def test_what_was_measured_is_of_the_method_as_it_is(name: str) -> None:
    card, found = CARDS[name], methods_page.kept()[name]
    assert (found["version"], found["inference"], found["floor"]) == (card.version, card.inference, card.coverage)
    assert found["measure"] == card.estimand.measure
    assert (found["sims"], found["seed"]) == (methods_page.SIMS, methods_page.SEED)


def test_all_shipped_methods_are_found_and_no_other_is_on_the_page() -> None:
    assert set(methods_page.shipped()) <= set(ek.method_names())
    assert set(methods_page.kept()) == set(methods_page.shipped())


def test_a_method_that_was_not_measured_says_so() -> None:
    card = ek.method_named("household_one_child").card
    assert methods_page.told(card, None) == "not yet; `python3 dev.py methods-page --measure household_one_child`."
