"""Quantiles: what may be asked, thousands of domains, and score limits that are the exact crossing."""

from __future__ import annotations

import tracemalloc
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest
from scipy import stats

import evidencekit as ek
from evidencekit.errors import InputError

DESIGN: dict[str, Any] = {"weights": "w", "strata": "h", "psu": "p"}


def people(seed: int, rows: int = 160) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {"h": np.arange(rows) % 4, "p": rng.integers(0, 5, rows), "w": rng.uniform(2, 9, rows), "g": rng.integers(0, 3, rows)}
    )
    return frame.assign(y=np.round(rng.gamma(3, 4, rows) + frame.p, 1), x=rng.normal(size=rows))


BASE = people(0)
SURVEY = ek.Survey(BASE, **DESIGN)
SEVERAL = [0.25, 0.5]
KINDS: dict[str, Any] = {
    "tuple": tuple(SEVERAL),
    "array": np.array(SEVERAL),
    "float32": np.array(SEVERAL, dtype=np.float32),
    "Series": pd.Series(SEVERAL),
    "iterator": lambda: iter(SEVERAL),
}


@pytest.mark.parametrize("kind", KINDS)
def test_shares_and_places_of_any_kind(kind: str) -> None:
    def given() -> Any:
        return KINDS[kind]() if callable(KINDS[kind]) else KINDS[kind]

    assert ek.quantile(SURVEY, "y", q=given()).points.tolist() == ek.quantile(SURVEY, "y", q=SEVERAL).points.tolist()
    assert ek.cdf(SURVEY, "x", at=given()).points.tolist() == ek.cdf(SURVEY, "x", at=SEVERAL).points.tolist()


@pytest.mark.parametrize("one", [0.5, np.float32(0.5), np.float64(0.5), np.array(0.5)], ids=lambda v: type(v).__name__)
def test_one_share(one: Any) -> None:
    assert ek.quantile(SURVEY, "y", q=one).points == ek.quantile(SURVEY, "y").points


WRONG = [None, [], "0.5", ["0.5"], {0.5: 1}, [None], 10**400, [10**400], np.nan, np.inf, True, [True], len, np.ones((2, 2)) / 2]


@pytest.mark.parametrize("wrong", WRONG, ids=lambda v: repr(v)[:12].replace("\n", " "))
def test_what_is_no_share_and_no_place(wrong: Any) -> None:
    with pytest.raises(InputError, match="above 0 and below 1"):
        ek.quantile(SURVEY, "y", q=wrong)
    with pytest.raises(InputError, match="at= takes numbers"):
        ek.cdf(SURVEY, "y", at=wrong)


@pytest.mark.parametrize("q", [0, 1, [0, 0.5], [0.5, 1]])
def test_the_ends_are_no_quantiles(q: Any) -> None:
    with pytest.raises(InputError, match="above 0 and below 1"):
        ek.quantile(SURVEY, "y", q=q)


@pytest.mark.parametrize("y", [[], None, ()])
@pytest.mark.parametrize("verb", [ek.quantile, ek.variance, ek.mean, ek.total, ek.proportion])
def test_at_least_one_variable(verb: Any, y: Any) -> None:
    with pytest.raises(InputError, match="at least one variable"):
        verb(SURVEY, y)


@pytest.mark.parametrize("thing", [BASE, None, "y", 3], ids=lambda t: type(t).__name__)
@pytest.mark.parametrize("verb", [ek.mean, ek.quantile, ek.variance, ek.proportion, lambda s, y: ek.cdf(s, y, at=1)])
def test_a_survey_is_needed(verb: Any, thing: Any) -> None:
    with pytest.raises(InputError, match="A Survey is needed first"):
        verb(thing, "y")


@pytest.mark.parametrize("rule", ["math", "school", "shahvaish", "hf5", "hf7"])
def test_sorting_all_domains_at_once_changes_nothing(rule: Any) -> None:
    held = ek.Survey(BASE.assign(y=BASE.y.mask(BASE.index % 7 == 0), w=BASE.w.mask(BASE.index % 11 == 0, 0.0)), **DESIGN)
    by = ek.quantile(held, "y", q=SEVERAL, by="g", where=nw.col("x") < 1.5, rule=rule)
    for g in range(3):
        one = ek.quantile(held, "y", q=SEVERAL, where=(nw.col("g") == g) & (nw.col("x") < 1.5), rule=rule)
        rows = [by.cells.find({"g": g, "quantile": q}) for q in SEVERAL]
        for name in ("estimate", "se", "low", "high", "df", "n", "psus"):
            np.testing.assert_allclose(by.columns[name][rows], one.columns[name], err_msg=name)
        np.testing.assert_allclose(by.covariance.of(rows), one.vcov)


def test_quantiles_are_as_correlated_as_the_shares_below_them() -> None:
    est = ek.quantile(SURVEY, "y", q=SEVERAL)
    below = BASE.assign(**{f"below{i}": (BASE.y <= point) * 1.0 for i, point in enumerate(est.points)})
    shares = ek.mean(ek.Survey(below, **DESIGN), ["below0", "below1"])
    want = shares.vcov[0, 1] / (shares.se[0] * shares.se[1])
    assert est.vcov[0, 1] / (est.se[0] * est.se[1]) == pytest.approx(want)
    assert 0 < want < 1


def test_thousands_of_domains_of_several_variables() -> None:
    """The covariance of 3,000 medians and more is worked out for the cells that are asked for, and is that of each variable on its own."""
    rng = np.random.default_rng(2)
    rows = 24_000
    frame = people(2, rows).assign(code=rng.integers(0, 3_000, rows))
    held = ek.Survey(frame, **DESIGN)
    tracemalloc.start()
    both = ek.quantile(held, ["y", "x"], by="code")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(both) > 5_900
    assert both.covariance.matrix is None
    assert peak < 200e6
    one = ek.quantile(held, "x", where=nw.col("code") == 17)
    i = both.cells.find({"variable": "x", "code": 17})
    for name in ("estimate", "se", "low", "high", "n"):
        np.testing.assert_allclose(both.columns[name][i], one.columns[name][0], err_msg=name)
    pair = [i, both.cells.find({"variable": "x", "code": 18}), both.cells.find({"variable": "y", "code": 18})]
    two = ek.quantile(held, "x", by="code", where=nw.col("code").is_in([17, 18]))
    found = both.covariance.of(pair)
    np.testing.assert_allclose(found[:2, :2], two.vcov)
    np.testing.assert_allclose(np.sqrt(np.diagonal(found)), both.se[pair])
    assert np.isnan(found[2, :2]).all()


def scanned(frame: pd.DataFrame, name: str, q: float, bar: float, part: pd.Series) -> tuple[float, list[float]]:
    """The first answer at which the score is at or below the bar, by trying every answer; and all at which it crosses it."""
    units = pd.MultiIndex.from_frame(frame[["h", "p"]])
    answered = part & frame[name].notna()
    w = frame.w.where(answered, 0.0)
    strata = units.drop_duplicates().get_level_values("h").to_series().value_counts()
    steps = np.sort(frame.loc[answered, name].unique())
    scores = []
    for theta in steps:
        above = (frame[name] > theta).astype(float)
        share = (w * above).sum() / w.sum()
        z = (w * (above - share) / w.sum()).groupby(units).sum()
        variance = sum(
            m / (m - 1) * ((z[[u[0] == h for u in z.index]] - z[[u[0] == h for u in z.index]].mean()) ** 2).sum() for h, m in strata.items()
        )
        distance = share - (1 - q)
        scores.append(distance / np.sqrt(variance) if variance > 0 else np.copysign(np.inf, distance))
    below = np.array(scores) <= bar
    crossings = [float(steps[i]) for i in range(1, len(steps)) if below[i] and not below[i - 1]]
    first = int(np.argmax(below)) if below.any() else 0
    return (float(steps[first]) if first else float("nan")), crossings


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("q", [0.1, 0.5, 0.85])
def test_score_limits_are_the_exact_crossing(seed: int, q: float) -> None:
    frame = people(seed, 120)
    frame["y"] = frame.y.mask(frame.index % 9 == 0)
    held = ek.Survey(frame, **DESIGN)
    for where, part in ((None, frame.index >= 0), (nw.col("g") == 1, frame.g == 1)):
        est = ek.quantile(held, "y", q=q, interval="score", where=where)
        t = stats.t.ppf(0.975, est.df[0])
        for bar, limit in ((t, est.interval.low[0]), (-t, est.interval.high[0])):
            first, crossings = scanned(frame, "y", q, bar, pd.Series(part, frame.index))
            assert limit in crossings or (np.isnan(limit) and np.isnan(first))
            if len(crossings) == 1:
                assert limit == first
