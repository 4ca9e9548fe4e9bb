"""Whole simulations of a household survey against R's survey package in one run: `python3 dev.py bench diagnose`.

Both make a population, draw areas by size, lose those who do not answer, misreport, weight, estimate for all and by sex, compare girls and
boys, and hide small cells: about 2,000 interviews a time. Ours also releases 20 of its simulations in full, where a cell of them is
hidden. On one fixed data set the estimates, standard errors and limits of both must be the same to 1e-8. R and its package come from the
system (Debian: r-base-core, r-cran-survey). The ratio is by the clock, one process each, in turns; the
processor's time stands beside it. It fails where a number, the ratio or the time on two cores is not as wanted.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from common import machine, publish

import evidencekit as ek
from evidencekit.planning import Plan, Truth

SCRIPT = Path(__file__).with_name("diagnose_peer.R")
TRUTH = Truth(p=0.12, girls_times=1.5, response_times=0.9, sensitivity=0.9, specificity=0.99)
SIMS, PEER_SIMS, REPEATS = 1000, 60, 5
WANTED_RATIO, WANTED_SECONDS, WANTED_SAME = 20, 60, 1e-8


def planned() -> Plan:
    """The household survey with about 2,000 interviews."""
    household = ek.method_named("household_one_child")
    return household.plan(household.example().settled({"outcome.rse": 0.0805, "resources.budget": None}))


def peer(*arguments: object) -> dict[str, Any]:
    """What the R script says on its last line."""
    r = shutil.which("Rscript")
    if r is None:
        sys.exit("Rscript is not there. Debian: apt-get install r-base-core r-cran-survey")
    made = subprocess.run([r, str(SCRIPT), *map(str, arguments)], check=True, capture_output=True, text=True)
    return json.loads(made.stdout.splitlines()[-1])


def apart(plan: Plan, folder: Path) -> dict[str, float]:
    """The largest difference between R and us on one data set, for each kind of number."""
    household = ek.method_named(plan.method)
    answers = household.simulate(plan.context, TRUTH, seed=3).data
    pd.DataFrame(dict(answers)).to_csv(folder / "fixed.csv", index=False)
    theirs = peer("fixed", folder / "fixed.csv")
    overall, split = household.analyse(answers), household.analyse(answers, by=("sex",))
    gap = ek.difference(split, {"sex": 1}, {"sex": 0})
    ours = {
        "estimate": (overall.points, split.points),
        "se": (overall.se, split.se),
        "low": (overall.interval.low, split.interval.low),
        "high": (overall.interval.high, split.interval.high),
        "gap": (gap.points, gap.se),
    }
    return {name: float(np.abs(np.concatenate(mine) - np.array(theirs[name])).max()) for name, mine in ours.items()}


def field(plan: Plan) -> list[object]:
    """The arguments of the R script: areas, visits in each, and what happens at doors."""
    areas, middle = round(plan.sizing.psus), plan.context.middle
    visits = max(round(plan.sizing.visits / areas), 1)
    opened = middle("access.eligible") * middle("access.household_response")
    truth = (TRUTH.p, TRUTH.rho, TRUTH.girls_times, TRUTH.response_times, TRUTH.sensitivity, TRUTH.specificity)
    return [areas, visits, opened, middle("access.response"), *truth, PEER_SIMS]


def ours(plan: Plan, seed: int, jobs: int) -> tuple[float, float, ek.planning.Diagnosis]:
    """Seconds of a whole diagnosis by the clock and of this process, and what it found."""
    start, used = time.perf_counter(), time.process_time()
    found = ek.diagnose(plan, sims=SIMS, seed=seed, truth=TRUTH, jobs=jobs, progress=False)
    return time.perf_counter() - start, time.process_time() - used, found


def main() -> None:
    """Print and publish."""
    plan, clock, used, both = planned(), [], [], []
    with tempfile.TemporaryDirectory() as place:
        same = apart(plan, Path(place))
    told: dict[str, Any] = {}
    found = ours(plan, 0, 2)[2]  # starts the workers, and loads what is loaded on first use
    for seed in range(1, REPEATS + 1):  # in turns, so that both have the same neighbours on the machine
        mine = ours(plan, seed, 1)
        told = peer("time", *field(plan), seed)
        clock.append((mine[0] / SIMS, told["seconds"][0]))
        used.append((mine[1] / SIMS, told["seconds"][1]))
        both.append(ours(plan, seed, 2)[0])
    (one, r), (cpu, r_cpu) = ([statistics.median(side) for side in zip(*pairs, strict=True)] for pairs in (clock, used))
    ratio, two = r / one, statistics.median(both)
    got = found.performances[0]
    assert got.power is not None
    lines = [
        machine("not used").replace("svy not used", told["version"]),
        "",
        f"### {got.interviews.value:,.0f} interviews a simulation, median of {REPEATS}, in turns",
        "",
        "| what | evidencekit | R | wanted |",
        "|---|---|---|---|",
        f"| milliseconds a simulation by the clock, one process | {1e3 * one:.2f} | {1e3 * r:.1f} | |",
        f"| milliseconds of the processor | {1e3 * cpu:.2f} | {1e3 * r_cpu:.1f} | |",
        f"| times as fast by the clock, one process each | {ratio:.1f} | | {WANTED_RATIO} |",
        f"| times as fast by the processor | {r_cpu / cpu:.1f} | | |",
        f"| seconds for {SIMS:,} simulations, two workers | {two:.1f} | | at most {WANTED_SECONDS} |",
        f"| mean of the estimates ({SIMS:,} and {PEER_SIMS} simulations) | {got.target + got.bias.value:.4f} | {told['mean'][0]:.4f} | |",
        f"| difference of girls and boys found | {got.power.value:.2f} | {told['found'][0]:.2f} | |",
        "",
        "Largest difference on one data set, for all and by sex: "
        + ", ".join(f"{name} {value:.0e}" for name, value in same.items())
        + f" (at most {WANTED_SAME:g} wanted).",
    ]
    print("\n".join(lines))
    publish("Diagnosing a plan", "python3 dev.py bench diagnose", lines)
    short = [f"{name} differs" for name, value in same.items() if not value <= WANTED_SAME]
    short += ["ratio"] if ratio < WANTED_RATIO else []
    short += ["seconds"] if two > WANTED_SECONDS else []
    if short:
        sys.exit(f"not as wanted: {', '.join(short)}")


if __name__ == "__main__":
    main()
