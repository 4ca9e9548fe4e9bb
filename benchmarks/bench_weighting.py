"""Raking and the bootstrap against the compiled Python peer (svy) in one run: `python3 dev.py bench weighting [rows ...]`.

Without numbers of rows it runs 1e5 and 1e6, and writes its section of RESULTS.md; it fails where a ratio at 1e6 rows is below the one
wanted. Creating replicates counts: each call makes 200 bootstrap replicates and estimates from them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from common import machine, missed, peer_python, publish, seconds, synthetic, table, told_by

import evidencekit as ek

REPEATS = 5
WANTED = {"raking three margins": 40, "200 replicates and a mean": 80, "200 replicates and means of 10 domains": 80}
MARGINS = {
    "sex": {0: 0.5e8, 1: 0.5e8},
    "age": dict(enumerate([0.1e8, 0.2e8, 0.3e8, 0.25e8, 0.15e8])),
    "reg": dict(enumerate((np.linspace(0.055, 0.145, 10) * 1e8).tolist())),
}
PEER_JOBS = """
import gc, json, statistics, sys, time, warnings
warnings.simplefilter("ignore")
import polars as pl, svy
d = pl.read_parquet(sys.argv[1])
controls = {name: {int(k): v for k, v in totals.items()} for name, totals in json.loads(sys.argv[2]).items()}
S = svy.Sample(d, svy.Design(stratum="stratum", psu="psu", wgt="w"))
made = lambda: S.weighting.create_bs_wgts(n_reps=200, rstate=1)
jobs = {
    "raking three margins": lambda: S.weighting.rake(controls=controls, tol=1e-9, max_iter=200),
    "200 replicates and a mean": lambda: made().estimation.mean("yc", method="replication"),
    "200 replicates and means of 10 domains": lambda: made().estimation.mean("yc", by="dom", method="replication"),
}
out = {}
for name, job in jobs.items():
    times = []
    for _ in range(3):
        gc.collect(); t = time.perf_counter(); job(); times.append(time.perf_counter() - t)
    out[name] = statistics.median(times)
print(json.dumps({"version": svy.__version__, "seconds": out}))
"""


def ours(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    """Our times of the same calls."""
    jobs = {
        "raking three margins": lambda s: ek.weighting.rake(s, MARGINS),
        "200 replicates and a mean": lambda s: ek.mean(ek.weighting.bootstrap(s, seed=1), "yc"),
        "200 replicates and means of 10 domains": lambda s: ek.mean(ek.weighting.bootstrap(s, seed=1), "yc", by="dom"),
    }
    out = {}
    for name, job in jobs.items():
        survey = ek.Survey(frame, weights="w", strata="stratum", psu="psu")
        out[name] = seconds(lambda job=job, survey=survey: job(survey), REPEATS)
    return out


def main(sizes: list[int]) -> None:
    """Print a table per size; the full run also goes to RESULTS.md."""
    lines: list[str] = []
    short: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        file = Path(place) / "survey.parquet"
        python = peer_python(Path(place))
        for rows in sizes or [100_000, 1_000_000]:
            frame = synthetic(rows)
            frame.to_parquet(file)
            told, mine = told_by(python, PEER_JOBS, str(file), json.dumps(MARGINS)), ours(frame)
            wanted = WANTED if rows == 1_000_000 else {}
            made = table(f"{rows:,} rows, milliseconds, median of {REPEATS} (peer: of 3)", mine, told["seconds"], wanted)
            lines += made if lines else [machine(told["version"]), "", *made]
            short += missed(mine, told["seconds"], wanted)
    print("\n".join(lines))
    if not sizes:
        publish("Weights and replicates", "python3 dev.py bench weighting", lines)
    if short:
        sys.exit(f"slower than wanted: {', '.join(short)}")


if __name__ == "__main__":
    main([int(float(a)) for a in sys.argv[1:]])
