"""Survey estimates against the compiled Python peer (svy) in one run: `python3 dev.py bench survey [rows ...]`.

Without numbers of rows it runs 1e5, 1e6 and the lazy pass over 1e8 rows, and writes its section of RESULTS.md; it fails where a ratio at
1e6 rows is below the one wanted.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd
from common import machine, missed, peer_python, publish, seconds, synthetic, table, told_by

import evidencekit as ek

REPEATS = 15
WANTED = {"mean": 4, "mean, survey built": 4, "proportion by 10 domains": 15, "ratio": 5, "three quantiles": 1.5}
LAZY_WANTED = {"ratio": 1.5, "memory": 1024}
PEER_JOBS = """
import gc, json, statistics, sys, time, warnings
warnings.simplefilter("ignore")
import polars as pl, svy
d = pl.read_parquet(sys.argv[1])
design = svy.Design(stratum="stratum", psu="psu", wgt="w")
S = svy.Sample(d, design)
jobs = {
    "mean": lambda: S.estimation.mean("yc"),
    "mean, survey built": lambda: svy.Sample(d, design).estimation.mean("yc"),
    "proportion by 10 domains": lambda: S.estimation.mean("y", by="dom"),
    "ratio": lambda: S.estimation.ratio("yc", "xd"),
    "three quantiles": lambda: S.estimation.quantile("yc", p=(0.25, 0.5, 0.75)),
}
out = {}
for name, job in jobs.items():
    times = []
    for _ in range(int(sys.argv[2])):
        gc.collect(); t = time.perf_counter(); job(); times.append(time.perf_counter() - t)
    out[name] = statistics.median(times)
print(json.dumps({"version": svy.__version__, "seconds": out}))
"""
LAZY_ROWS = 100_000_000
CHUNK = 5_000_000
LAZY = """
import json, statistics, sys, time
import duckdb
import evidencekit as ek
con = duckdb.connect()
con.execute("set memory_limit='700MB'")
con.execute("create view survey as select * from read_parquet('" + sys.argv[1] + "')")
bare, whole = [], []
for _ in range(int(sys.argv[2])):
    start = time.perf_counter()
    con.sql("select stratum, psu, dom, y, sum(w) from survey group by all").to_arrow_table()
    bare.append(time.perf_counter() - start)
    start = time.perf_counter()
    survey = ek.Survey(con.table("survey"), weights="w", strata="stratum", psu="psu")
    assert len(ek.proportion(survey, "y", by="dom").se) == 10
    whole.append(time.perf_counter() - start)
status = open("/proc/self/status").read()  # getrusage would count the parent's memory
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
told = {"bare": statistics.median(bare), "ours": statistics.median(whole), "peak": peak, "version": duckdb.__version__}
print(json.dumps(told))
"""


def ours(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Our times: of a first call on a new survey, and of repeated ones."""

    def built() -> ek.Survey:
        return ek.Survey(frame, weights="w", strata="stratum", psu="psu")

    jobs = {
        "mean": lambda s: ek.mean(s, "yc"),
        "mean, survey built": lambda s: ek.mean(built(), "yc"),
        "proportion by 10 domains": lambda s: ek.proportion(s, "y", by="dom"),
        "ratio": lambda s: ek.ratio(s, "yc", "xd"),
        "three quantiles": lambda s: ek.quantile(s, "yc", q=[0.25, 0.5, 0.75]),
    }
    out = {}
    for name, job in jobs.items():
        survey = built()
        out[name] = seconds(lambda job=job, survey=survey: job(survey), REPEATS)
    return out


def compared(python: Path, rows: int, folder: Path) -> tuple[list[str], list[str], str]:
    """One table, the calls that missed their bar, and the versions."""
    frame, file = synthetic(rows), folder / "survey.parquet"
    frame.to_parquet(file)
    told, mine = told_by(python, PEER_JOBS, str(file), str(REPEATS)), ours(frame)
    wanted = WANTED if rows == 1_000_000 else {}
    lines = table(f"{rows:,} rows, milliseconds, median of {REPEATS}", mine, told["seconds"], wanted)
    return lines, missed(mine, told["seconds"], wanted), machine(told["version"])


def lazy(rows: int, folder: Path) -> tuple[list[str], list[str]]:
    """Ten domain proportions over a Parquet file larger than memory should hold, beside the bare group-by on the same keys."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = folder / "large.parquet"
    writer = None
    for k, start in enumerate(range(0, rows, CHUNK)):
        part = synthetic(min(CHUNK, rows - start), 7 + k)[["stratum", "psu", "w", "y", "dom"]]
        made = pa.Table.from_pandas(part, preserve_index=False)
        writer = writer or pq.ParquetWriter(file, made.schema)
        writer.write_table(made)
    assert writer is not None
    writer.close()
    told = told_by(Path(sys.executable), LAZY, str(file), "5")
    ratio = told["ours"] / told["bare"]
    lines = [
        f"### {rows:,} rows of Parquet through DuckDB {told['version']}, median of 5, alternating",
        "",
        "| what | seconds |",
        "|---|---|",
        f"| bare `group by stratum, psu, dom, y` with one sum | {told['bare']:.2f} |",
        f"| survey built, ten domain proportions with standard errors | {told['ours']:.2f} |",
        f"| ratio (at most {LAZY_WANTED['ratio']:g} wanted) | {ratio:.2f} |",
        "",
        f"Peak resident memory of that process: {told['peak']:.0f} MiB (at most {LAZY_WANTED['memory']:,} wanted).",
    ]
    short = [f"lazy {what}" for what, got in (("ratio", ratio), ("memory", told["peak"])) if got > LAZY_WANTED[what]]
    return lines, short


def main(sizes: list[int]) -> None:
    """Print a table per size; the full run also goes to RESULTS.md."""
    lines: list[str] = []
    short: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        python = peer_python(folder)
        for rows in sizes or [100_000, 1_000_000]:
            made, few, versions = compared(python, rows, folder)
            lines += made if lines else [versions, "", *made]
            short += few
        if not sizes:
            made, few = lazy(LAZY_ROWS, folder)
            lines, short = lines + made, short + few
    print("\n".join(lines))
    if not sizes:
        publish("Survey estimates", "python3 dev.py bench survey", lines)
    if short:
        sys.exit(f"slower than wanted: {', '.join(short)}")


if __name__ == "__main__":
    main([int(float(a)) for a in sys.argv[1:]])
