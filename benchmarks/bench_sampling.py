"""Draws on arrays, with the compiled Python peer (svy) where it has the method, in one run: `python3 dev.py bench sampling`.

It writes its section of RESULTS.md, and fails where a draw takes longer than wanted. Ours are given chances and a source of random numbers;
the peer's calls also work the chances out and put columns into the sample, so the two are compared for their order of magnitude. What a
user waits for stands in a table of its own: the frame made from a table, and verbs from the frame to the sample.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from common import machine, peer_python, publish, seconds, told_by

import evidencekit as ek
from evidencekit.sampling.selecting.brewer import draw_brewer
from evidencekit.sampling.selecting.chances import proportional_chances
from evidencekit.sampling.selecting.conditional import draw_conditional
from evidencekit.sampling.selecting.cube import draw_balanced
from evidencekit.sampling.selecting.local_pivotal import draw_spread
from evidencekit.sampling.selecting.order_sampling import draw_pareto
from evidencekit.sampling.selecting.pivotal import draw_pivotal, draw_random_pivotal
from evidencekit.sampling.selecting.poisson import draw_poisson
from evidencekit.sampling.selecting.sampford import draw_sampford
from evidencekit.sampling.selecting.simple import draw_simple
from evidencekit.sampling.selecting.systematic import draw_random_systematic, draw_systematic
from evidencekit.sampling.streams import Drawn, Hashed, Uniforms

REPEATS = 5
FRAMES = {10_000: 100, 100_000: 500, 1_000_000: 1000}
FLOOR = "numpy: uniforms and a running sum"
SYSTEMATIC = 3  # times the floor, at 1e6
WANTED = {  # milliseconds
    ("conditional Poisson, odds solved too", 10_000): 30,
    ("pivotal in random order", 1_000_000): 500,
    ("balanced on 4 variables", 1_000_000): 5000,
}
WHOLE = {"Frame and pps_systematic": 3000}  # milliseconds, 1e6 units
PEER_JOBS = """
import gc, json, statistics, sys, time, warnings
warnings.simplefilter("ignore")
import polars as pl, svy
d, n = pl.read_parquet(sys.argv[1]), int(sys.argv[2])
jobs = {
    "simple random": lambda s: s.sampling.srs(n=n, rstate=1),
    "systematic by size": lambda s: s.sampling.pps_sys(n=n, rstate=1),
}
if d.height <= 10_000:
    jobs["Brewer"] = lambda s: s.sampling.pps_brewer(n=n, rstate=1)
    jobs["Sampford"] = lambda s: s.sampling.pps_rs(n=n, rstate=1)
out = {}
for name, job in jobs.items():
    times = []
    for _ in range(3):
        sample = svy.Sample(d, svy.Design(case_id="id", mos="size"))  # a draw changes it
        gc.collect(); t = time.perf_counter(); job(sample); times.append(time.perf_counter() - t)
    out[name] = statistics.median(times)
print(json.dumps({"version": svy.__version__, "seconds": out}))
"""


def jobs_of(frame: pd.DataFrame, n: int) -> dict[str, Callable[[Uniforms], object]]:
    """What is timed on a frame."""
    p = proportional_chances(frame["size"], n)
    equal, size = np.full(len(frame), n / len(frame)), len(frame)
    places = frame[["east", "north"]].to_numpy()
    x = np.column_stack([p, p * frame["size"], p[:, None] * places])
    rng = np.random.default_rng(2)
    made: dict[str, Callable[[Uniforms], object]] = {
        FLOOR: lambda u: (rng.random(size), np.cumsum(p)),
        "simple random": lambda u: draw_simple(equal, u),
        "systematic by size": lambda u: draw_systematic(p, u),
        "systematic in random order": lambda u: draw_random_systematic(p, u),
        "Poisson": lambda u: draw_poisson(p, u),
        "Pareto": lambda u: draw_pareto(p, u),
        "pivotal in order": lambda u: draw_pivotal(p, u),
        "pivotal in random order": lambda u: draw_random_pivotal(p, u),
        "Sampford": lambda u: draw_sampford(p, u),
        "balanced on 4 variables": lambda u: draw_balanced(p, u, x),
    }
    if size <= 100_000:
        made["conditional Poisson, odds solved too"] = lambda u: draw_conditional(p, u)
        made["spread over a map"] = lambda u: draw_spread(p, u, places)
    if size <= 10_000:
        made["Brewer"] = lambda u: draw_brewer(p, u)
    return made


def frame_of(size: int) -> pd.DataFrame:
    """Units of lognormal size on a unit square."""
    rng = np.random.default_rng(7)
    return pd.DataFrame(
        {"id": np.arange(size), "size": np.exp(rng.normal(5, 0.6, size)), "east": rng.random(size), "north": rng.random(size)}
    )


def timed(frame: pd.DataFrame, n: int, theirs: dict[str, float]) -> tuple[list[str], list[str]]:
    """A table, and what was slower than wanted."""
    size = len(frame)
    rng = np.random.default_rng(1)
    drawn, hashed = Drawn(rng, size), Hashed(rng.integers(0, 2**64, size, dtype=np.uint64))
    lines = [f"### {n:,} of {size:,} units, milliseconds, median of {REPEATS} (peer: of 3)", ""]
    lines += ["| draw | numpy's numbers | numbers of units | peer | wanted below |", "|---|---|---|---|---|"]
    short: list[str] = []
    floor = 0.0
    for name, job in jobs_of(frame, n).items():
        first, second = (1e3 * seconds(lambda job=job, u=u: job(u), REPEATS)[1] for u in (drawn, hashed))
        floor = first if name == FLOOR else floor
        bar: Any = WANTED.get((name, size))
        if name == "systematic by size" and size == 1_000_000:
            bar = SYSTEMATIC * floor
        if bar is not None and first > bar:
            short.append(f"{name} ({size:,} units)")
        peer = f"{1e3 * theirs[name]:.1f}" if name in theirs else ""
        units = "" if name == FLOOR else f"{second:.2f}"
        lines.append(f"| {name} | {first:.2f} | {units} | {peer} | {'' if bar is None else f'{bar:.1f}'} |")
    return [*lines, ""], short


def whole(size: int, n: int) -> tuple[list[str], list[str]]:
    """A table of a frame and of verbs end to end, and what was slower than wanted: 10 strata, sizes, two columns of order."""
    rng = np.random.default_rng(7)
    data = frame_of(size).assign(
        id=rng.permutation(size), stratum=rng.integers(0, 10, size), province=rng.integers(0, 30, size), east=rng.random(size)
    )

    def made() -> ek.Frame:
        return ek.Frame(data, id="id", size="size", strata="stratum", order=["province", "east"])

    frame, draw = made(), ek.sampling
    each = draw.in_each(frame, n // 10)
    jobs: dict[str, Callable[[], object]] = {
        "Frame": made,
        "srs": lambda: draw.srs(frame, each, seed=1).sample,
        "pps_systematic": lambda: draw.pps_systematic(frame, each, seed=1).sample,
        "pareto": lambda: draw.pareto(frame, each, seed=1).sample,
        "pivotal": lambda: draw.pivotal(frame, each, seed=1).sample,
        "cube, 2 variables": lambda: draw.cube(frame, each, balance=["size", "north"], seed=1).sample,
        "Frame and pps_systematic": lambda: draw.pps_systematic(made(), each, seed=1).sample,
    }
    lines = [f"### From a table of {size:,} units to a sample of {n:,}, milliseconds, median of {REPEATS}", ""]
    lines += ["| verb | time | wanted below |", "|---|---|---|"]
    short: list[str] = []
    for name, job in jobs.items():
        took, bar = 1e3 * seconds(job, REPEATS)[1], WHOLE.get(name)
        short += [f"{name} ({size:,} units)"] if bar is not None and took > bar else []
        lines.append(f"| {name} | {took:.0f} | {'' if bar is None else bar} |")
    return [*lines, ""], short


def main() -> None:
    """Print a table for each frame, and put them into RESULTS.md."""
    lines: list[str] = []
    short: list[str] = []
    with tempfile.TemporaryDirectory() as place:
        file, python = Path(place) / "frame.parquet", peer_python(Path(place))
        for size, n in FRAMES.items():
            frame = frame_of(size)
            frame.to_parquet(file)
            told = told_by(python, PEER_JOBS, str(file), str(n))
            made, slow = timed(frame, n, told["seconds"])
            lines += made if lines else [machine(told["version"]), "", *made]
            short += slow
    made, slow = whole(1_000_000, 1000)
    lines, short = lines + made, short + slow
    print("\n".join(lines))
    publish("Draws", "python3 dev.py bench sampling", lines)
    if short:
        sys.exit(f"slower than wanted: {', '.join(short)}")


if __name__ == "__main__":
    main()
