"""Lazy frames: what is refused before the engine runs, what is said when it cannot, and digits that a large mean does not cost."""

from __future__ import annotations

from typing import Any

import duckdb
import narwhals as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from kinds import LAZY, frame_as

import evidencekit as ek
from evidencekit.errors import DesignError, EvidencekitError, InputError

DESIGN = {"weights": "w", "strata": "s", "psu": "p"}


def people(rows: int = 240) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    return pd.DataFrame(
        {
            "w": rng.uniform(1, 9, rows),
            "s": np.repeat([1, 2, 3], rows // 3),
            "p": np.tile(np.arange(rows // 3) // 10, 3),
            "x": rng.normal(0, 1, rows),
            "g": rng.choice(["a", "b", "c"], rows),
            "yes": rng.integers(0, 2, rows),
        }
    )


PEOPLE = people()


def survey(kind: str, frame: pd.DataFrame = PEOPLE, **design: Any) -> ek.Survey:
    return ek.Survey(frame_as(kind, frame), **{**DESIGN, **design})


@pytest.mark.parametrize("kind", LAZY)
@pytest.mark.parametrize("offset", [1e7, pytest.param(1e9, marks=pytest.mark.slow)])
def test_a_large_mean_costs_no_digits(kind: str, offset: float) -> None:
    """The design effect was 1.22 beside 1.19 with ten million added, and NaN with a thousand million.

    A variance from sums of such numbers loses digits in proportion to the offset, in memory as well, and differently with every order of
    adding up. The simple-random-sample variance beside which it stands, made from the second moments, loses none.
    """
    frame = PEOPLE.assign(y=PEOPLE.x + offset, z=PEOPLE.x - 3 * offset)
    frame.loc[frame.g == "c", "y"] -= 1.5 * offset
    frame.loc[::7, "y"] = np.nan
    for ask in (
        lambda s: ek.mean(s, ["y", "x"], by="g", where=nw.col("yes") == 1),
        lambda s: ek.mean(s, "z"),
        lambda s: ek.ratio(s, "y", "z", by="g"),
        lambda s: ek.total(s, "z"),
    ):
        got, want = ask(survey(kind, frame)), ask(survey("pandas", frame))
        np.testing.assert_allclose(got.counts.deff, want.counts.deff, rtol=3e-15 * offset)
        srs = [e.covariance.variances / e.counts.deff for e in (got, want)]
        np.testing.assert_allclose(*srs, rtol=1e-8)


def test_digits_cost_a_second_pass_only_where_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    from evidencekit.survey.summing import pushdown

    passes = []
    run = pushdown._run
    monkeypatch.setattr(pushdown, "_run", lambda *a: passes.append(1) or run(*a))
    ek.mean(survey("duckdb"), ["x", "yes"], by="g", where=nw.col("x") > -1)
    assert len(passes) == 1
    ek.mean(survey("duckdb", PEOPLE.assign(x=PEOPLE.x + 1e9)), "x")
    assert len(passes) == 3


@pytest.mark.parametrize("kind", LAZY)
def test_weights_are_numbers(kind: str) -> None:
    for made in (PEOPLE.w.round().astype(int).astype(str), pd.Timestamp("2026-01-01")):
        with pytest.raises(InputError, match="weights= 'w' does not hold numbers"):
            ek.mean(survey(kind, PEOPLE.assign(w=made)), "x")


@pytest.mark.parametrize("kind", LAZY)
def test_infinite_answers_are_named_as_the_data_name_them(kind: str) -> None:
    frame = PEOPLE.assign(y=PEOPLE.x.mask(PEOPLE.index == 4, np.inf))
    with pytest.raises(InputError, match="Column 'y' holds infinite numbers"):
        ek.mean(survey(kind, frame), ["x", "y"])


@pytest.mark.parametrize("kind", ["pandas", *LAZY])
def test_numbers_too_large_to_square(kind: str) -> None:
    for y in (PEOPLE.x * 1e300, PEOPLE.x * 1e160):
        with pytest.raises(InputError, match="too large"):
            ek.mean(survey(kind, PEOPLE.assign(y=y)), "y")
        for verb in (ek.quantile, ek.variance) if kind == "pandas" else ():
            with pytest.raises(InputError, match="too large"):
                verb(survey(kind, PEOPLE.assign(y=y)), "y")
    with pytest.raises(InputError, match="weights are too large"):
        ek.mean(survey(kind, PEOPLE.assign(w=PEOPLE.w * 1e160)), "x")
    with pytest.raises(InputError, match="weights are too large"):
        ek.proportion(survey(kind, PEOPLE.assign(w=PEOPLE.w * 1e160)), "g")
    held = survey(kind, PEOPLE.assign(y=PEOPLE.x * 1e140))
    assert np.isfinite(ek.total(held, "y").counts.deff).all()


@pytest.mark.parametrize("kind", ["pandas", *LAZY])
def test_a_missing_psu_is_counted_in_rows(kind: str) -> None:
    frame = PEOPLE.assign(p=PEOPLE.p.astype(float).mask(PEOPLE.index < 22))
    with pytest.raises(DesignError, match="psu= column 'p' is missing in 22 of 240 rows"):
        ek.mean(survey(kind, frame), "x")


def test_data_that_can_no_longer_be_read(tmp_path: Any) -> None:
    con = duckdb.connect()
    con.register("people", PEOPLE)
    con.execute("create table held as select * from people")
    held = ek.Survey(con.table("held"), **DESIGN)
    con.close()
    for where in (None, nw.col("x") > 0):
        with pytest.raises(InputError, match=r"can no longer be read.*connection open") as told:
            ek.mean(held, "x", where=where)
        assert "where=" not in str(told.value)
    file = tmp_path / "people.csv"
    PEOPLE.to_csv(file, index=False)
    gone = ek.Survey(pl.scan_csv(file), **DESIGN)
    file.unlink()
    with pytest.raises(EvidencekitError, match="Check that"):
        ek.mean(gone, "x")


CLASHES = ["__ek_weight", "__EK_one", "___ek_y0", "rows"]


@pytest.mark.parametrize("kind", LAZY)
@pytest.mark.parametrize("name", CLASHES)
def test_columns_called_as_ours_are(kind: str, name: str) -> None:
    frame = PEOPLE.rename(columns={"x": name})
    for role in (lambda s, n: ek.mean(s, n, by="g", where=nw.col(n) > 0), lambda s, n: ek.mean(s, "yes", by=n)):
        wanted, got = role(survey("pandas"), "x"), role(survey(kind, frame), name)
        np.testing.assert_allclose(got.points, wanted.points, rtol=1e-10)
    held = survey(kind, PEOPLE.rename(columns={"w": name}), weights=name)
    np.testing.assert_allclose(ek.mean(held, "x", where=nw.col("yes") == 1).points, ek.mean(SURVEY, "x", where=nw.col("yes") == 1).points)


SURVEY = survey("pandas")


@pytest.mark.parametrize("name", ["^x$", "*", "^.*$"])
def test_a_column_name_that_polars_reads_as_a_pattern(name: str) -> None:
    frame = PEOPLE.assign(**{name: PEOPLE.x + 1})
    held = survey("polars-lazy", frame)
    for ask in (
        lambda: ek.mean(held, name),
        lambda: ek.mean(held, "yes", by=name),
        lambda: ek.proportion(held, name),
        lambda: ek.mean(held, "yes", where=nw.col(name) > 1),
        lambda: ek.mean(survey("polars", frame), "yes", where=nw.col(name) > 1),
        lambda: ek.mean(survey("polars-lazy", frame, weights=name), "yes"),
    ):
        with pytest.raises(InputError, match=r"as a pattern\. Rename"):
            ask()
    assert ek.mean(held, "x").points == pytest.approx(ek.mean(survey("pandas"), "x").points)
    assert ek.mean(survey("polars", frame), name).points == pytest.approx(ek.mean(survey("pandas"), "x").points + 1)
    if name == "*":
        with pytest.raises(InputError, match=r"as a pattern\. Rename"):
            ek.mean(survey("duckdb", frame), name)
        return
    assert ek.mean(survey("duckdb", frame), name).points == pytest.approx(ek.mean(survey("pandas"), "x").points + 1)


@pytest.mark.parametrize("kind", ["pandas", "polars", *LAZY])
def test_rows_of_weight_zero_count_for_nothing(kind: str) -> None:
    """n, cases and sampling units once counted them."""
    frame = PEOPLE.assign(yes=(PEOPLE.index % 12 == 0).astype(int))
    frame["w"] = frame.w.mask(frame.yes == 1, 0.0).mask(frame.p == 3, 0.0)
    kept = frame[frame.w > 0]
    est = ek.proportion(survey(kind, frame), "yes")
    assert (est.counts.n[0], est.counts.cases[0], est.counts.psus[0]) == (len(kept), 0, 21)
    est = ek.mean(survey(kind, frame), "x", by="g", where=nw.col("x") > -1)
    used = kept[kept.x > -1].groupby("g").size()
    assert list(est.counts.n) == list(used)
    assert ek.count(survey(kind, frame)).counts.n[0] == len(kept)
    est = ek.mean(survey(kind, frame.assign(x=frame.x.mask(frame.index % 4 == 0))), "x")
    assert est.provenance.missing == (("x", int((kept.index % 4 == 0).sum())),)


def test_rows_of_weight_zero_change_no_spread() -> None:
    frame = PEOPLE.assign(w=PEOPLE.w.mask(PEOPLE.index % 5 == 0, 0.0))
    held, kept = survey("pandas", frame), survey("pandas", frame[frame.w > 0])
    for ask in (
        lambda s: ek.quantile(s, "x", by="g"),
        lambda s: ek.variance(s, "x"),
        lambda s: ek.cdf(s, "x", at=0),
        lambda s: ek.mean(s, "x"),
        lambda s: ek.proportion(s, "g"),
    ):
        for name, wanted in ask(kept).columns.items():
            if np.asarray(wanted).dtype.kind == "f":
                np.testing.assert_allclose(np.asarray(ask(held).columns[name]), np.asarray(wanted), rtol=1e-12, err_msg=name)


@pytest.mark.parametrize("kind", ["pandas", *LAZY])
def test_identifiers_are_not_categories(kind: str) -> None:
    frame = people(6000).assign(id=np.arange(6000))
    with pytest.raises(InputError, match="'id' has 6,000 categories: this looks like an identifier"):
        ek.proportion(survey(kind, frame), "id")


def test_categories_by_units_that_do_not_fit() -> None:
    rows = 150_000
    frame = pd.DataFrame({"w": 1.5, "c": np.arange(rows) % 1_500})
    with pytest.raises(InputError, match=r"1,500 categories in 150,000 combinations.*psu="):
        ek.proportion(ek.Survey(frame, weights="w"), "c")
