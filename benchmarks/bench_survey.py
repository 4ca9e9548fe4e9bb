"""Times survey estimates against the compiled Python peer (svy) in one run: `python3 dev.py bench survey [rows ...]`.

Both libraries get the same synthetic survey (200 strata of 20 sampling units), time whole calls, and print medians; the peer lives in a
throw-away environment of its own.
"""

from __future__ import annotations

import json
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

REPEATS = 9
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


def synthetic(rows: int) -> pd.DataFrame:
    """A stratified two-stage survey with effects of stratum and unit."""
    rng = np.random.default_rng(7)
    stratum, place = rng.integers(0, 200, rows), rng.integers(0, 20, rows)
    first = np.arange(min(rows, 4000))
    stratum[: first.size], place[: first.size] = first // 20, first % 20
    psu = stratum * 20 + place
    effect = rng.normal(0, 0.3, 200)[stratum] + rng.normal(0, 0.4, 4000)[psu]
    return pd.DataFrame(
        {
            "stratum": stratum,
            "psu": psu,
            "w": np.exp(rng.normal(4, 0.5, rows)),
            "y": (rng.random(rows) < 1 / (1 + np.exp(1 - effect))).astype(np.int64),
            "yc": 50 + 10 * effect + rng.normal(0, 10, rows),
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


def main(sizes: list[int]) -> None:
    """Print a table per size."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        venv.create(folder / "env", with_pip=True)
        python = folder / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "svy"], check=True)
        for rows in sizes:
            frame = synthetic(rows)
            version, theirs = peer(python, frame, folder)
            print(f"\n{rows:,} rows, evidencekit {ek.__version__}, svy {version}, median of {REPEATS}, milliseconds")
            for name, mine in ours(frame).items():
                print(f"| {name} | {1e3 * mine:.1f} | {1e3 * theirs[name]:.1f} | {theirs[name] / mine:.1f}x |")


if __name__ == "__main__":
    main([int(float(a)) for a in sys.argv[1:]] or [100_000, 1_000_000])
