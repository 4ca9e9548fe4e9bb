"""The survey of young adults: it answers another question than one of children, and needs no path for referral of children."""

from __future__ import annotations

import numpy as np
import pytest

import evidencekit as ek

ADULTS = ek.method_named("retrospective_18_24")


def test_it_is_about_the_years_before_18() -> None:
    assert list(ADULTS.simulate(ADULTS.example(), seed=1).truth) == ["before-18"]
    assert ADULTS.card.estimand.measure == "before-18"


def test_it_may_be_used_where_children_may_not_be_asked() -> None:
    where = ADULTS.example()
    assert ADULTS.fits(where).ok is True
    assert ek.method_named("household_one_child").fits(where).ok is False


def test_adults_with_others_of_their_age_at_home_count_more() -> None:
    data = ADULTS.simulate(ADULTS.example(), seed=1).data
    weight = np.asarray(data["weight"])
    assert weight.std() / weight.mean() == pytest.approx(0.48, abs=0.1)


def test_it_is_refused_without_privacy() -> None:
    assert ADULTS.fits(ADULTS.example().settled({"safety.privacy_possible": False})).ok is False
