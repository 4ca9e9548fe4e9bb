"""The same numbers from every kind of frame, in memory or lazy."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek

FICTION = ek.fictional.national_survey()
EAGER = ["pandas", "pandas-arrow", "polars", "pyarrow"]
LAZY: list[Any] = ["duckdb", "polars-lazy", "dask", *(pytest.param(k, marks=pytest.mark.outside) for k in ("pyspark", "ibis"))]


def spark_frame(frame: pd.DataFrame) -> Any:
    """The frame in a local Spark session; missing values are nulls."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "4")
    rows = frame.astype(object).where(frame.notna(), None)
    return builder.getOrCreate().createDataFrame([tuple(r) for r in rows.itertuples(index=False)], list(frame.columns))


def ibis_frame(frame: pd.DataFrame) -> Any:
    """The frame as an Ibis table in DuckDB."""
    import pyarrow as pa

    return pytest.importorskip("ibis", reason="ibis-framework is not installed").memtable(pa.Table.from_pandas(frame, preserve_index=False))


def frame_as(kind: str, frame: pd.DataFrame) -> Any:
    """The frame in another kind."""
    import dask.dataframe as dd
    import duckdb
    import polars as pl
    import pyarrow as pa

    made = {
        "pandas": lambda: frame,
        "pandas-arrow": lambda: frame.convert_dtypes(dtype_backend="pyarrow"),
        "polars": lambda: pl.from_pandas(frame),
        "pyarrow": lambda: pa.Table.from_pandas(frame, preserve_index=False),
        "duckdb": lambda: duckdb.from_arrow(pa.Table.from_pandas(frame, preserve_index=False)),
        "polars-lazy": lambda: pl.from_pandas(frame).lazy(),
        "dask": lambda: dd.from_pandas(frame, npartitions=3),
        "pyspark": lambda: spark_frame(frame),
        "ibis": lambda: ibis_frame(frame),
    }
    return made[kind]()


def survey_of(kind: str) -> ek.Survey:
    return ek.Survey(frame_as(kind, FICTION.frame), weights="weight", strata="stratum", psu="psu")


def estimates(survey: ek.Survey) -> dict[str, ek.Estimate]:
    old = nw.col("age") >= 15
    return {
        "mean": ek.mean(survey, ["hours_online", "age"], by="sex", where=old),
        "total": ek.total(survey, "internet_daily", by=["province", "area"]),
        "count": ek.count(survey, by="province"),
        "ratio": ek.ratio(survey, "hours_online", "age", where=old),
        "share": ek.proportion(survey, ["asked_for_image", "told_someone"], by="sex", where=old),
        "text": ek.proportion(survey, "province"),
    }


def same(got: ek.Estimate, want: ek.Estimate, rtol: float) -> None:
    assert {k: list(map(str, v)) for k, v in got.cells.columns.items()} == {k: list(map(str, v)) for k, v in want.cells.columns.items()}
    for name in ("estimate", "se", "low", "high", "df", "n", "psus", "weighted_n", "deff"):
        np.testing.assert_allclose(np.asarray(got.columns[name]), np.asarray(want.columns[name]), rtol=rtol, err_msg=name)
    np.testing.assert_allclose(got.vcov, want.vcov, rtol=rtol, atol=rtol * float(np.nanmax(np.abs(want.vcov))))
    assert got.provenance.missing == want.provenance.missing


@pytest.fixture(scope="module")
def reference() -> dict[str, ek.Estimate]:
    return estimates(survey_of("pandas"))


@pytest.mark.parametrize("kind", EAGER[1:])
def test_frames_in_memory_agree(kind: str, reference: dict[str, ek.Estimate]) -> None:
    for name, made in estimates(survey_of(kind)).items():
        same(made, reference[name], 1e-14)


@pytest.mark.parametrize("kind", LAZY)
def test_lazy_frames_agree(kind: str, reference: dict[str, ek.Estimate]) -> None:
    for name, made in estimates(survey_of(kind)).items():
        same(made, reference[name], 1e-10)


@pytest.mark.parametrize("kind", LAZY)
def test_what_revisits_rows_is_refused_on_lazy_frames(kind: str) -> None:
    with pytest.raises(ek.errors.InputError, match="lazy"):
        ek.quantile(survey_of(kind), "age")


@pytest.mark.parametrize("kind", EAGER)
def test_results_come_in_the_callers_kind(kind: str) -> None:
    made = ek.mean(survey_of(kind), "age").to_frame()
    assert type(made).__module__.startswith(kind.split("-")[0])
