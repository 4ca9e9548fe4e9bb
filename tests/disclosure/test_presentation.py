"""The NCHS standards: every row of a table of flags by NCHS staff's own package, and the rules for counts by their formulas."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_estimates import made_estimate

import evidencekit as ek
from evidencekit.disclosure.profiles import CountInterval, ShareInterval
from evidencekit.disclosure.rules import assessed
from evidencekit.disclosure.uncertain import share_standard
from evidencekit.survey.uncertainty.intervals import beta_size

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(os.environ.get("EVIDENCEKIT_PROTECT", ROOT.parent / "shared" / "reference" / "protect")) / "nchs_presentation.csv"
PROPORTIONS = ek.disclosure.profile("nchs-proportions-2017")
COUNTS = ek.disclosure.profile("nchs-counts-rates-2023")
RULE = next(rule for rule in PROPORTIONS.precision if isinstance(rule, ShareInterval))
needs_file = pytest.mark.skipif(not FILE.is_file(), reason="needs shared/reference/protect beside the checkout, or EVIDENCEKIT_PROTECT")


def rows(adjustment: str) -> dict[str, np.ndarray]:
    """The rows with one form of the interval, a column an array; what was not reported is NaN."""
    with FILE.open(encoding="utf-8") as file:
        read = [row for row in csv.DictReader(file) if row["adj"] == adjustment]
    names = ("p", "se", "n_eff_reported", "ll", "ul", "n_num", "n_den", "degf")
    numbers = {name: np.array([float(row[name]) if row[name] != "NA" else np.nan for row in read]) for name in names}
    return {**numbers, "flags": np.array([row["flags"] for row in read])}


@needs_file
def test_the_table_is_whole() -> None:
    assert len(rows("none")["p"]) + len(rows("nchs")["p"]) == 160
    assert set(rows("none")["flags"]) == {"", "Px", "Pc", "Pdf P0"}


@needs_file
@pytest.mark.parametrize(("adjustment", "interval"), [("none", "beta"), ("nchs", "nchs")])
def test_sizes_and_intervals_of_every_row(adjustment: str, interval: str) -> None:
    """R computes the limits with its own quantiles: 1e-12 is what is left of two libraries."""
    t, rule = rows(adjustment), replace(RULE, interval=interval)
    made = share_standard(t["p"], t["se"] ** 2, t["n_den"], t["n_num"], t["degf"], rule)
    edge = (t["n_num"] == 0) | (t["n_num"] == t["n_den"])
    np.testing.assert_array_equal(made.edge, edge)
    np.testing.assert_allclose(made.low[~edge], t["ll"][~edge], rtol=0, atol=1e-12)
    np.testing.assert_allclose(made.high[~edge], t["ul"][~edge], rtol=0, atol=1e-12)
    reported, some = ~edge & ~np.isnan(t["n_eff_reported"]), t["degf"] > 0
    here = reported & some
    size = beta_size(t["p"][here], t["se"][here] ** 2, t["n_den"][here], t["degf"][here], 0.025, cap=True)
    np.testing.assert_allclose(size, t["n_eff_reported"][here], rtol=1e-11)
    assert (t["n_eff_reported"][reported & ~some] == 0).all()  # no degrees of freedom: the interval is all of 0 to 1
    assert reported.any() == (adjustment == "nchs")
    assert not (made.high - made.low == 0).any()


@needs_file
@pytest.mark.parametrize(("adjustment", "interval"), [("none", "beta"), ("nchs", "nchs")])
def test_flags_of_every_row(adjustment: str, interval: str) -> None:
    t = rows(adjustment)
    others = [rule for rule in PROPORTIONS.precision if rule is not RULE]
    rules = replace(PROPORTIONS, precision=(*others, replace(RULE, interval=interval)))
    est = made_estimate(
        "proportion", t["p"].tolist(), se=t["se"].tolist(), n=t["n_den"].tolist(), cases=t["n_num"].tolist(), df=t["degf"].tolist()
    )
    said = []
    for one in assessed(est, rules).flags:
        assert bool(one.precision) == one.withheld
        codes = (
            ["Px"]
            if one.withheld
            else [
                *(["Pc"] if one.footnote else []),
                *(["Pdf"] if "degrees of freedom" in one.review else []),
                *(["P0"] if "none or all" in one.review else []),
            ]
        )
        said.append(" ".join(codes))
    assert said == t["flags"].tolist()


@pytest.mark.parametrize(("n", "withheld"), [(29, True), (30, False), (31, False)])
@pytest.mark.parametrize("se", [0.001, 0.0])
def test_thirty_effective_answers(n: int, withheld: bool, se: float) -> None:
    """With next to no variance the effective sample size is n, and exactly; so it is where nobody is a case."""
    wider = replace(PROPORTIONS, precision=(*PROPORTIONS.precision[1:], replace(RULE, wide=0.9, relative=9.0)))
    est = made_estimate("proportion", [0.5 if se else 0.0], se=se, n=n, cases=n // 2 if se else 0)
    assert assessed(est, wider).flags[0].withheld is withheld


def one_width(p: float) -> tuple[ek.Estimate, float]:
    est = made_estimate("proportion", [p], se=[0.03], n=3000, cases=[round(3000 * p)])
    made = share_standard(est.points, est.covariance.variances, est.counts.n, est.counts.cases, est.df, RULE)
    return est, float(made.width[0])


@pytest.mark.parametrize("nudge", [-1e-9, 0.0, 1e-9])
def test_widths_at_the_edge(nudge: float) -> None:
    """At or below narrow= passes, at or above wide= fails, above relative= fails."""
    est, width = one_width(0.3)

    def withheld(rule: ShareInterval) -> bool:
        return assessed(est, replace(PROPORTIONS, precision=(rule,))).flags[0].withheld

    tight = replace(RULE, relative=1e-6)
    assert withheld(replace(tight, narrow=width + nudge, wide=0.9)) is (nudge < 0)
    assert withheld(replace(RULE, narrow=1e-6, wide=width + nudge, relative=99.0)) is (nudge <= 0)
    assert withheld(replace(RULE, narrow=1e-6, wide=0.9, relative=width / 0.3 + nudge)) is (nudge < 0)
    flags = assessed(est, replace(PROPORTIONS, precision=(replace(RULE, narrow=1e-6, complement=width / 0.7 + nudge),))).flags
    assert bool(flags[0].footnote) is (nudge < 0)


@pytest.mark.parametrize(("df", "review"), [(7, True), (8, False), (9, False)])
@pytest.mark.parametrize(("rules", "statistic"), [(PROPORTIONS, "proportion"), (COUNTS, "proportion"), (COUNTS, "total")])
def test_few_degrees_of_freedom_are_for_review(rules: ek.disclosure.Profile, statistic: str, df: int, review: bool) -> None:
    est = made_estimate(statistic, [0.3 if statistic == "proportion" else 3000.0], cases=300, se=0.01, df=df)
    safe = ek.release(est, profile=rules)
    assert safe.status == ("review" if review else "shown",)
    assert ("fewer than 8 degrees of freedom" in safe.reason[0]) is review


RATES = next(rule for rule in COUNTS.precision if isinstance(rule, CountInterval))


@pytest.mark.parametrize(
    ("cases", "kish", "withheld"), [(9, 1.0, True), (10, 1.0, False), (11, 1.0, False), (19, 2.0, True), (20, 2.0, False)]
)
@pytest.mark.parametrize("statistic", ["total", "ratio"])
def test_ten_effective_cases(statistic: str, cases: int, kish: float, withheld: bool) -> None:
    est = made_estimate(statistic, [1000.0], se=[50.0], n=500, cases=[cases], kish=[kish])
    assert assessed(est, COUNTS).flags[0].withheld is withheld


@pytest.mark.parametrize(("n", "withheld"), [(9, True), (10, False), (11, False)])
def test_ten_effective_answers_where_cases_are_not_known(n: int, withheld: bool) -> None:
    assert assessed(made_estimate("count", [1000.0], se=[50.0], n=[n]), COUNTS).flags[0].withheld is withheld


@pytest.mark.parametrize(("nudge", "withheld"), [(-1e-9, True), (1e-9, False)])
def test_relative_width_of_a_count(nudge: float, withheld: bool) -> None:
    """exp(log x +- t se / x), with t of n_eff - 1 degrees of freedom: 2.228138851964939 for 10 of them, from tables."""
    est = made_estimate("count", [1000.0], se=[200.0], n=[11])
    width = float(2 * np.sinh(2.228138851964939 * 0.2))
    others = tuple(rule for rule in COUNTS.precision if rule is not RATES)
    rules = replace(COUNTS, precision=(*others, replace(RATES, relative=width + nudge)))
    assert assessed(est, rules).flags[0].withheld is withheld


def test_counts_without_an_interval_are_withheld() -> None:
    for est in (
        made_estimate("count", [0.0], se=[0.0]),
        made_estimate("count", [10.0], se=[np.nan]),
        made_estimate("ratio", [1.0], se=[1e9]),
    ):
        assert assessed(est, COUNTS).flags[0].withheld
