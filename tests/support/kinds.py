"""The same rows as every kind of frame."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

EAGER = ["pandas", "pandas-arrow", "polars", "pyarrow"]
LAZY: list[Any] = ["duckdb", "polars-lazy", "dask", *(pytest.param(k, marks=pytest.mark.outside) for k in ("pyspark", "ibis"))]


def spark_frame(frame: pd.DataFrame) -> Any:
    """The frame in a local Spark session; missing values are nulls."""
    sql = pytest.importorskip("pyspark.sql", reason="pyspark is not installed")
    builder = sql.SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", "4")
    rows = frame.astype(object).where(frame.notna(), None)
    plain = [tuple(v.to_pydatetime() if isinstance(v, pd.Timestamp) else v for v in r) for r in rows.itertuples(index=False)]
    return builder.getOrCreate().createDataFrame(plain, list(frame.columns))


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
