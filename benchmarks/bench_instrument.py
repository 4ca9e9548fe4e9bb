"""Validation beside masks written by hand and beside pandera, for the same 169 rules, in one run: `python3 dev.py bench instrument`.

It writes its section of RESULTS.md, and fails where validation takes more than twice the time of numpy masks written for this one form, or
is not 20 times as fast as pandera on pandas. All three find the same rows: the benchmark looks before it takes the time.

pandera is timed with the schema that a user writes, with its defaults, on plain numpy columns; the same with a type for each column, on
pandas' nullable integers; the first with ``ignore_na=False``, which a user has to know of (by default pandera goes through the whole frame
for each check of it, to find rows that are blank throughout); and with the schema that `to_pandera` compiles. That setting is the most of
what lies between the first and the third. On clean answers pandera takes only a few times as long as the masks
themselves, so that no way of looking at every cell is 20 times as fast there: that bar stands, and is missed. pandera's time is in telling
what is wrong.
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
from instrument_peers import ALWAYS, by_hand, nullable, pandera_schema

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


def by_pandera(schema: Any, frame: pd.DataFrame) -> Any:
    """What pandera finds; nothing where it finds nothing."""
    import pandera.pandas as pa

    try:
        schema.validate(frame, lazy=True)
    except pa.errors.SchemaErrors as trouble:
        return trouble.failure_cases
    return None


def agree(report: Any, hand: dict[str, Any]) -> None:
    """End unless the masks written by hand find the same rows."""
    for outcome in report.outcomes:
        if not np.array_equal(outcome.positions, hand[outcome.rule.id]):
            sys.exit(f"the masks written by hand find other rows for {outcome.rule.id}")


def agree_with_pandera(report: Any, cases: Any, who: str) -> None:
    """End unless pandera finds as many rows; what stands always, and keys, go by other names there."""
    rows = {} if cases is None else cases.groupby("check")["index"].nunique().to_dict()
    elsewhere = {"unique:key", *(f"required:{name}" for name in ALWAYS)}
    for outcome in report.outcomes:
        if outcome.rule.id not in elsewhere and rows.get(outcome.rule.id, 0) != outcome.failing:
            sys.exit(f"pandera {who} finds other rows for {outcome.rule.id}")


def _schemas(made: ek.Instrument) -> list[tuple[str, str, Any]]:
    """What each schema is called, the columns it is for, and the schema."""
    return [
        ("as a user writes it", "float64", pandera_schema()),
        ("as a user writes it, with types", "Int64", pandera_schema(typed=True)),
        ("tuned, with ignore_na=False", "float64", pandera_schema(ignore_na=False)),
        ("as we compile it", "float64", made.to_pandera().schema),
    ]


def main() -> None:
    """Print a table, and put it into RESULTS.md."""
    warnings.simplefilter("ignore")
    made = form()
    rules = len(ek.instrument.rules_of(made))
    lines = [f"{ROWS:,} rows, {len(made.questions)} items, {rules} rules. evidencekit {ek.__version__}, pandera {pandera.__version__}; "]
    lines[0] += f"Python {platform.python_version()}, numpy {np.__version__}, pandas {pd.__version__}, {os.cpu_count()} cores."
    lines += ["", "Medians in milliseconds; wanted are at most 2 times by hand, and 20 times as fast as each pandera.", ""]
    lines += [
        "| answers | columns | validate | by hand | times by hand | pandera | its time | times as fast |",
        "|---|---|---|---|---|---|---|---|",
    ]
    short: list[str] = []
    for name, share in (("clean", 0.0), ("1 % of the cells spoilt", 0.01)):
        frame = answers(ROWS, share)
        whole = nullable(frame)
        schemas = _schemas(made)
        for report in (ek.validate(frame, made), ek.validate(whole, made)):
            agree(report, by_hand(frame))
        for who, kind, schema in schemas[:3]:
            agree_with_pandera(ek.validate(frame, made), by_pandera(schema, whole if kind == "Int64" else frame), who)
        taken = medians(
            {
                "float64": (lambda frame=frame: ek.validate(frame, made), REPEATS),
                "Int64": (lambda whole=whole: ek.validate(whole, made), REPEATS),
                "hand": (lambda frame=frame: by_hand(frame), REPEATS),
                **{
                    who: (lambda schema=schema, rows=whole if kind == "Int64" else frame: by_pandera(schema, rows), PANDERA_REPEATS)
                    for who, kind, schema in schemas
                },
            }
        )
        ms = {who: f"{1e3 * seconds:.0f}" for who, seconds in taken.items()}
        for who, kind, _ in schemas:
            slower, faster = taken[kind] / taken["hand"], taken[who] / taken[kind]
            told = f"{ms[kind]} | {ms['hand'] if kind == 'float64' else ''} | {f'{slower:.2f}' if kind == 'float64' else ''}"
            lines.append(f"| {name} | {kind} | {told} | {who} | {ms[who]} | {faster:.1f} |")
            short += [f"{name}: {faster:.1f} times as fast as pandera {who}"] if faster < FASTER else []
        slower = taken["float64"] / taken["hand"]
        short += [f"{name}: {slower:.2f} times as long as by hand"] if slower > SLOWER else []
    print("\n".join(lines))
    publish("Validation", "python3 dev.py bench instrument", lines)
    if short:
        sys.exit(f"short of what is wanted: {', '.join(short)}")


if __name__ == "__main__":
    main()
