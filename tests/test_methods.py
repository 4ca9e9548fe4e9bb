"""Every method that is shipped keeps what every method promises, and the page about them says what their cards say."""

from __future__ import annotations

from dataclasses import asdict

import pytest

import evidencekit as ek
import methods_page
from evidencekit.testing import check_method

FEW = 60


@pytest.mark.parametrize("name", methods_page.shipped())
def test_a_method_keeps_its_promises(name: str) -> None:
    found = check_method(ek.method_named(name), sims=FEW)
    assert (found.method, found.sims) == (name, FEW)


@pytest.mark.slow
@pytest.mark.parametrize("name", methods_page.shipped())
def test_the_numbers_on_the_page_are_measured_again(name: str) -> None:
    found = asdict(check_method(ek.method_named(name), sims=methods_page.SIMS, seed=methods_page.SEED))
    for entry, told in methods_page.kept()[name].items():
        assert found[entry] == (pytest.approx(told, rel=1e-4) if isinstance(told, float) else told), entry


def test_the_page_says_what_the_cards_say() -> None:
    assert methods_page.PAGE.read_text(encoding="utf-8") == methods_page.page(), "python3 dev.py methods-page"


@pytest.mark.parametrize("name", methods_page.shipped())
def test_what_was_measured_is_of_the_method_as_it_is(name: str) -> None:
    card, found = ek.method_named(name).card, methods_page.kept()[name]
    assert (found["version"], found["inference"], found["floor"]) == (card.version, card.inference, card.coverage)
    assert found["measure"] == card.estimand.measure
    assert (found["sims"], found["seed"]) == (methods_page.SIMS, methods_page.SEED)


def test_all_shipped_methods_are_found_and_no_other_is_on_the_page() -> None:
    assert set(methods_page.shipped()) <= set(ek.method_names())
    assert set(methods_page.kept()) == set(methods_page.shipped())


def test_a_method_that_was_not_measured_says_so() -> None:
    card = ek.method_named("household_one_child").card
    assert methods_page.told(card, None) == "not yet; `python3 dev.py methods-page --measure household_one_child`."
