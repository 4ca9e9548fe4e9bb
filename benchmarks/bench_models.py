"""A logistic regression and a test of association against the compiled Python peer (svy): `python3 dev.py bench models [rows ...]`.

Without numbers of rows it runs 1e5 and 1e6 and writes its section of RESULTS.md; it fails where a ratio is below the one wanted, or where
coefficients or standard errors differ from the peer's.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from common import machine, missed, peer_python, publish, seconds, synthetic, table, told_by

import evidencekit as ek

REPEATS = 9
FORMULA = "told ~ x1 + x2 + x3 + x4 + x5"
WANTED = {
    100_000: {"logistic regression, five covariates": 1},
    1_000_000: {"logistic regression, five covariates": 2, "Rao-Scott test of a 2 x 10 table": 40},
}
AGREE = 1e-6
PEER_JOBS = """
import gc, json, statistics, sys, time, warnings
warnings.simplefilter("ignore")
import polars as pl, svy
d = pl.read_parquet(sys.argv[1])
S = svy.Sample(d, svy.Design(stratum="stratum", psu="psu", wgt="w"))
jobs = {
    "logistic regression, five covariates": lambda: S.glm.fit(y="told", x=["x1", "x2", "x3", "x4", "x5"], family="binomial"),
    "Rao-Scott test of a 2 x 10 table": lambda: S.categorical.tabulate("told", "dom"),
}
out = {}
for name, job in jobs.items():
    times = []
    for _ in range(int(sys.argv[2])):
        gc.collect(); t = time.perf_counter(); job(); times.append(time.perf_counter() - t)
    out[name] = statistics.median(times)
fit = S.glm.fit(y="told", x=["x1", "x2", "x3", "x4", "x5"], family="binomial").to_polars()
numbers = {"estimate": fit["estimate"].to_list(), "se": fit["std_err"].to_list()}
print(json.dumps({"version": svy.__version__, "seconds": out, "fit": numbers}))
"""


def surveyed(rows: int) -> pd.DataFrame:
    """The synthetic survey with five covariates and an outcome that goes with them."""
    frame, rng = synthetic(rows), np.random.default_rng(11)
    x = rng.normal(size=(rows, 5))
    line = -1 + x @ [0.3, -0.2, 0.1, 0.0, 0.4] + 0.02 * (frame["yc"].to_numpy() - 50)
    told = (rng.random(rows) < 1 / (1 + np.exp(-line))).astype(np.int64)
    return frame.assign(told=told, **{f"x{k + 1}": x[:, k] for k in range(5)})


def compared(python: Path, rows: int, folder: Path) -> tuple[list[str], list[str], str]:
    """One table, the calls that missed their bar, and the versions."""
    frame, file = surveyed(rows), folder / "survey.parquet"
    frame.to_parquet(file)
    told = told_by(python, PEER_JOBS, str(file), str(REPEATS))
    survey = ek.Survey(frame, weights="w", strata="stratum", psu="psu")
    mine = {
        "logistic regression, five covariates": seconds(lambda: ek.models.logit(survey, FORMULA), REPEATS),
        "Rao-Scott test of a 2 x 10 table": seconds(lambda: ek.tables.association(survey, "told", "dom"), REPEATS),
    }
    made = ek.models.logit(survey, FORMULA).estimate
    apart = [float(np.abs(got / np.array(told["fit"][what]) - 1).max()) for what, got in (("estimate", made.points), ("se", made.se))]
    lines = table(f"{rows:,} rows, milliseconds, median of {REPEATS}", mine, told["seconds"], WANTED.get(rows, {}))
    lines += [f"Largest relative difference from the peer: coefficients {apart[0]:.0e}, standard errors {apart[1]:.0e}.", ""]
    short = missed(mine, told["seconds"], WANTED.get(rows, {}))
    return lines, short + (["agreement"] if max(apart) > AGREE else []), machine(told["version"])


def main(sizes: list[int]) -> None:
    """Print a table per size; the full run also goes to RESULTS.md."""
    lines: list[str] = []
    short: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        python = peer_python(Path(place))
        for rows in sizes or [100_000, 1_000_000]:
            made, few, versions = compared(python, rows, Path(place))
            lines += made if lines else [versions, "", *made]
            short += [f"{name} at {rows:,} rows" for name in few]
    print("\n".join(lines))
    if not sizes:
        publish("Regressions and tests of tables", "python3 dev.py bench models", lines)
    if short:
        sys.exit(f"not as wanted: {', '.join(short)}")


if __name__ == "__main__":
    main([int(float(a)) for a in sys.argv[1:]])
