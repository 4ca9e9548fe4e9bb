"""Times survey estimates against the compiled Python peer (svy) in one run: `python3 dev.py bench survey [rows ...]`.

Both libraries get the same synthetic survey (200 strata of 20 sampling units), time whole calls, and print medians; the peer lives in a
throw-away environment of its own. Without numbers of rows it runs 1e5, 1e6 and the lazy pass over 1e8 rows, and writes RESULTS.md.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import evidencekit as ek

REPEATS = 15
PEER = """
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


def synthetic(rows: int, seed: int = 7) -> pd.DataFrame:
    """A stratified two-stage survey with effects of stratum, unit and covariates."""
    rng = np.random.default_rng(seed)
    stratum, place = rng.integers(0, 200, rows), rng.integers(0, 20, rows)
    first = np.arange(min(rows, 4000))
    stratum[: first.size], place[: first.size] = first // 20, first % 20
    psu = stratum * 20 + place
    of_stratum, of_unit = np.random.default_rng(1).normal(0, 0.3, 200)[stratum], np.random.default_rng(2).normal(0, 0.4, 4000)[psu]
    x1, x2, x4 = rng.normal(size=rows), rng.normal(size=rows), rng.integers(0, 2, rows)
    line = -1 + of_stratum + of_unit + 0.5 * x1 - 0.3 * x2 + 0.2 * x4
    return pd.DataFrame(
        {
            "stratum": stratum,
            "psu": psu,
            "w": np.exp(rng.normal(4, 0.5, rows)),
            "y": (rng.random(rows) < 1 / (1 + np.exp(-line))).astype(np.int64),
            "yc": 50 + 10 * of_stratum + 8 * of_unit + 5 * x1 + rng.normal(0, 10, rows),
            "xd": np.exp(rng.normal(3, 0.4, rows)),
            "dom": rng.integers(0, 10, rows),
        }
    )


def seconds(job: Callable[[], object]) -> float:
    """The median time of one call."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def ours(frame: pd.DataFrame) -> dict[str, float]:
    """Our times."""

    def built() -> ek.Survey:
        return ek.Survey(frame, weights="w", strata="stratum", psu="psu")

    survey = built()
    return {
        "mean": seconds(lambda: ek.mean(survey, "yc")),
        "mean, survey built": seconds(lambda: ek.mean(built(), "yc")),
        "proportion by 10 domains": seconds(lambda: ek.proportion(survey, "y", by="dom")),
        "ratio": seconds(lambda: ek.ratio(survey, "yc", "xd")),
        "three quantiles": seconds(lambda: ek.quantile(survey, "yc", q=[0.25, 0.5, 0.75])),
    }


def peer(python: Path, frame: pd.DataFrame, folder: Path) -> tuple[str, dict[str, float]]:
    """The peer's version and times."""
    file = folder / "survey.parquet"
    frame.to_parquet(file)
    made = subprocess.run([str(python), "-c", PEER, str(file), str(REPEATS)], check=True, capture_output=True, text=True)
    told = json.loads(made.stdout.splitlines()[-1])
    return told["version"], told["seconds"]


def compared(python: Path, rows: int, folder: Path) -> list[str]:
    """One table: our times beside the peer's."""
    frame = synthetic(rows)
    version, theirs = peer(python, frame, folder)
    lines = [f"## {rows:,} rows: evidencekit {ek.__version__}, svy {version}, milliseconds, median of {REPEATS}", ""]
    lines += ["| call | evidencekit | svy | times as fast |", "|---|---|---|---|"]
    for name, mine in ours(frame).items():
        lines.append(f"| {name} | {1e3 * mine:.1f} | {1e3 * theirs[name]:.1f} | {theirs[name] / mine:.1f} |")
    return [*lines, ""]


def lazy(rows: int, folder: Path) -> list[str]:
    """Ten domain proportions over a Parquet file larger than memory should hold, beside the bare group-by on the same keys."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = folder / "large.parquet"
    writer = None
    for k, start in enumerate(range(0, rows, CHUNK)):
        table = pa.Table.from_pandas(synthetic(min(CHUNK, rows - start), 7 + k)[["stratum", "psu", "w", "y", "dom"]], preserve_index=False)
        writer = writer or pq.ParquetWriter(file, table.schema)
        writer.write_table(table)
    assert writer is not None
    writer.close()
    made = subprocess.run([sys.executable, "-c", LAZY, str(file), "5"], check=True, capture_output=True, text=True)
    told = json.loads(made.stdout.splitlines()[-1])
    return [
        f"## {rows:,} rows of Parquet through DuckDB {told['version']}, median of 5, alternating",
        "",
        "| what | seconds |",
        "|---|---|",
        f"| bare `group by stratum, psu, dom, y` with one sum | {told['bare']:.2f} |",
        f"| survey built, ten domain proportions with standard errors | {told['ours']:.2f} |",
        f"| ratio | {told['ours'] / told['bare']:.2f} |",
        "",
        f"Peak resident memory of that process: {told['peak']:.0f} MiB.",
        "",
    ]


def main(sizes: list[int]) -> None:
    """Print a table per size; the full run also goes to RESULTS.md."""
    python_version = ".".join(map(str, sys.version_info[:3]))
    lines = [
        "# Survey estimates: times",
        "",
        f"Written by `python3 dev.py bench survey` (Python {python_version}, numpy {np.__version__}, pandas {pd.__version__}, "
        f"{os.cpu_count()} cores). Whole calls, one run, the peer in an environment of its own.",
        "",
    ]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "svy"], check=True)
        for rows in sizes or [100_000, 1_000_000]:
            lines += compared(python, rows, folder)
        if not sizes:
            lines += lazy(LAZY_ROWS, folder)
    text = "\n".join(lines)
    print(text)
    if not sizes:
        Path(__file__).with_name("RESULTS.md").write_text(text.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main([int(float(a)) for a in sys.argv[1:]])
