"""Odds ratios: what they are, what they rest on, and that no finding is made of them; of adjusted shares one is."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

import evidencekit as ek
from evidencekit.errors import InputError


@cache
def survey() -> ek.Survey:
    return ek.Survey(ek.fictional.national_survey().data, weights="weight", strata="stratum", psu="psu", population="children aged 12-17")


@cache
def model() -> ek.models.Model:
    return ek.models.logit(survey(), "asked_for_image ~ sex + age + province")


def test_they_are_powers_of_e() -> None:
    made, of = ek.models.odds_ratios(model()), model().estimate
    assert made.statistic == "odds ratio"
    assert made.cells.columns["coefficient"] == of.cells.columns["coefficient"][1:]
    np.testing.assert_allclose(np.log(made.points), of.points[1:])
    np.testing.assert_allclose(np.log(made.interval.low), of.interval.low[1:])
    np.testing.assert_allclose(np.log(made.interval.high), of.interval.high[1:])
    np.testing.assert_allclose(made.vcov, of.vcov[1:, 1:] * np.outer(made.points, made.points))


def test_of_two_groups_it_is_the_ratio_of_the_odds() -> None:
    made = ek.models.odds_ratios(ek.models.logit(survey(), "asked_for_image ~ sex"))
    shares = ek.proportion(survey(), "asked_for_image", by="sex")
    places = list(shares.cells.columns["sex"])
    boy, girl = (float(shares.points[places.index(sex)]) for sex in ("boy", "girl"))
    np.testing.assert_allclose(made.points[0], girl / (1 - girl) / (boy / (1 - boy)))
    assert made.counts.n[0] == min(shares.counts.n)
    assert made.counts.cases[0] == min(shares.counts.cases)
    assert made.counts.psus[0] == min(shares.counts.psus)


def test_a_level_of_many_rests_on_itself_or_the_reference() -> None:
    made, shares = ek.models.odds_ratios(model()), ek.proportion(survey(), "asked_for_image", by="province")
    n = dict(zip(shares.cells.columns["province"], shares.counts.n, strict=True))
    names = made.cells.columns["coefficient"]
    reference = next(level for level in n if f"province[T.{level}]" not in names)
    for name, rests in zip(names, made.counts.n, strict=True):
        if name.startswith("province"):
            assert rests == min(n[reference], n[name.removeprefix("province[T.").removesuffix("]")])
    assert made.counts.n[list(names).index("age")] == model().scope.n


def test_other_models_have_none() -> None:
    with pytest.raises(InputError, match=r"takes a logistic regression.*logit\(\)"):
        ek.models.odds_ratios(ek.models.linear(survey(), "asked_for_image ~ sex"))
    with pytest.raises(InputError, match="intercept alone"):
        ek.models.odds_ratios(ek.models.logit(survey(), "asked_for_image ~ 1"))


def test_no_finding_is_made_of_them() -> None:
    """Shares come first; the message says how to have them."""
    released = ek.release(ek.models.odds_ratios(model()))
    with pytest.raises(InputError, match=r"shares.*ratios of shares.*models\.adjusted\(model"):
        ek.finding(released, cell={"coefficient": "sex[T.girl]"})
    with pytest.raises(InputError, match=r"models\.adjusted\(model"):
        ek.finding(ek.release(model().estimate), cell={"coefficient": "sex[T.girl]"})


def test_an_adjusted_share_is_released_as_a_share_and_its_finding_says_that_it_is_a_model_s() -> None:
    made = ek.models.adjusted(model(), "sex")
    released = ek.release(made)
    publication = ek.disclosure.Publication(title="Adjusted shares")
    assert "percent" in ek.release(made, publication=publication, ledger=ek.Ledger()).published().columns
    for cell in ({"sex": "girl"}, {"sex": "boy"}):
        assert ek.finding(released, cell=cell).headline().startswith('In a model that holds "')
    means = ek.models.adjusted(ek.models.linear(survey(), "hours_online ~ sex + age"), "sex")
    with pytest.raises(InputError, match="shares"):
        ek.finding(ek.release(means), cell={"sex": "girl"})


def test_an_adjusted_share_is_judged_as_a_share() -> None:
    rules = ek.disclosure.profile("child-survey")
    assert rules.rules_for("adjusted proportion") == rules.rules_for("proportion") != ()
    assert rules.rules_for("adjusted mean") == rules.rules_for("mean") != ()
    assert rules.rules_for("odds ratio") == rules.rules_for("other")
