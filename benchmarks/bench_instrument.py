"""Validation beside masks written by hand and beside pandera, for the same 169 rules, in one run: `python3 dev.py bench instrument`.

It writes its section of RESULTS.md, and fails where validation takes more than twice the time of numpy masks written for this one form, or
is not 20 times as fast as pandera on pandas. All three find the same rows: the benchmark looks before it takes the time.

On clean answers in plain numpy columns pandera takes only a few times as long as the masks themselves, so that no way of looking at every
cell is 20 times as fast there: that bar stands, and is missed. pandera's time is in telling what is wrong.
"""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pandera
from common import publish
from instrument_form import answers, form
from instrument_peers import by_hand, pandera_schema

import evidencekit as ek

ROWS, REPEATS, PANDERA_REPEATS = 100_000, 15, 3
SLOWER, FASTER = 2.0, 20.0


def medians(jobs: dict[str, tuple[Callable[[], object], int]]) -> dict[str, float]:
    """The median time of each job, taken in turns so that a busy machine is busy for all."""
    times: dict[str, list[float]] = {name: [] for name in jobs}
    for k in range(max(count for _, count in jobs.values())):
        for name, (job, count) in jobs.items():
            if k < count:
                start = time.perf_counter()
                job()
                times[name].append(time.perf_counter() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def by_pandera(schema: Any, frame: pd.DataFrame) -> dict[str, int]:
    """How many failures pandera counts by rule; a rule of the whole frame counts once for each column."""
    import pandera.pandas as pa

    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as trouble:
        return dict(trouble.failure_cases["check"].value_counts())
    return {}


def agree(report: Any, hand: dict[str, Any], counted: dict[str, int], columns: int) -> None:
    """End unless all three find the same."""
    for outcome in report.outcomes:
        if not np.array_equal(outcome.positions, hand[outcome.rule.id]):
            sys.exit(f"the masks written by hand find other rows for {outcome.rule.id}")
        wide = outcome.rule.id.split(":")[0] in ("skip", "required", "constraint")
        theirs = counted.get(outcome.rule.id, 0)
        if theirs and theirs not in ((outcome.failing, outcome.failing * columns) if wide else (outcome.failing,)):
            sys.exit(f"pandera finds other rows for {outcome.rule.id}")


def main() -> None:
    """Print a table, and put it into RESULTS.md."""
    warnings.simplefilter("ignore")
    made, schema = form(), pandera_schema()
    rules = len(ek.instrument.rules_of(made))
    lines = [f"{ROWS:,} rows, {len(made.questions)} items, {rules} rules. evidencekit {ek.__version__}, pandera {pandera.__version__}; "]
    lines[0] += f"Python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}, {os.cpu_count()} cores."
    lines += ["", "| answers | validate, ms | by hand, ms | pandera, ms | times by hand | wanted | times as fast as pandera | wanted |"]
    lines.append("|---|---|---|---|---|---|---|---|")
    short: list[str] = []
    for name, share in (("clean", 0.0), ("1 % of the cells spoilt", 0.01)):
        frame = answers(ROWS, share)
        agree(ek.validate(frame, made), by_hand(frame), by_pandera(schema, frame), len(frame.columns))
        taken = medians(
            {
                "ours": (lambda frame=frame: ek.validate(frame, made), REPEATS),
                "hand": (lambda frame=frame: by_hand(frame), REPEATS),
                "pandera": (lambda frame=frame: by_pandera(schema, frame), PANDERA_REPEATS),
            }
        )
        slower, faster = taken["ours"] / taken["hand"], taken["pandera"] / taken["ours"]
        told = " | ".join(f"{1e3 * taken[who]:.0f}" for who in ("ours", "hand", "pandera"))
        lines.append(f"| {name} | {told} | {slower:.2f} | {SLOWER:g} | {faster:.1f} | {FASTER:g} |")
        short += [f"{name}: {slower:.2f} times as long as by hand"] if slower > SLOWER else []
        short += [f"{name}: {faster:.1f} times as fast as pandera"] if faster < FASTER else []
    print("\n".join(lines))
    publish("Validation", "python3 dev.py bench instrument", lines)
    if short:
        sys.exit(f"short of what is wanted: {', '.join(short)}")


if __name__ == "__main__":
    main()
