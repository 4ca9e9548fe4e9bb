"""What the benchmarks share: the synthetic survey, timing, the peer's own environment, and the results page."""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import evidencekit as ek

PEER = "svy==0.35.0"
RESULTS = Path(__file__).with_name("RESULTS.md")
HEAD = """# Times

Whole calls on synthetic surveys, our library and the peer in one run on one machine, the peer in an environment of its own. Machines are
shared and noisy: read the ratios. `first` is the first call on a survey, when columns are still to be made codes; the other figures are
medians of repeated calls, for the peer too. `wanted` is the ratio below which the benchmark fails.
"""


def synthetic(rows: int, seed: int = 7) -> pd.DataFrame:
    """A stratified two-stage survey of 200 strata of 20 units, with effects of stratum, unit and covariates."""
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
            "sex": rng.integers(0, 2, rows),
            "age": rng.integers(0, 5, rows),
            "reg": stratum // 20,
        }
    )


def seconds(job: Callable[[], object], repeats: int) -> tuple[float, float]:
    """The time of the first call, and the median of those after it."""
    times = []
    for _ in range(repeats + 1):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return times[0], statistics.median(times[1:])


def peer_python(folder: Path) -> Path:
    """A throw-away environment with the peer in it."""
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([str(python), "-m", "pip", "install", "--quiet", PEER], check=True)
    return python


def told_by(python: Path, script: str, *arguments: str) -> dict[str, Any]:
    """What a script prints as JSON on its last line."""
    made = subprocess.run([str(python), "-c", script, *arguments], check=True, capture_output=True, text=True)
    return json.loads(made.stdout.splitlines()[-1])


def table(title: str, ours: Mapping[str, tuple[float, float]], theirs: Mapping[str, float], wanted: Mapping[str, float]) -> list[str]:
    """Our times beside the peer's, in milliseconds."""
    lines = [f"### {title}", "", "| call | first | evidencekit | peer | times as fast | wanted |", "|---|---|---|---|---|---|"]
    for name, (first, again) in ours.items():
        bar = f"{wanted[name]:g}" if name in wanted else ""
        lines.append(f"| {name} | {1e3 * first:.1f} | {1e3 * again:.1f} | {1e3 * theirs[name]:.1f} | {theirs[name] / again:.1f} | {bar} |")
    return [*lines, ""]


def missed(ours: Mapping[str, tuple[float, float]], theirs: Mapping[str, float], wanted: Mapping[str, float]) -> list[str]:
    """The calls that are not as many times as fast as wanted."""
    return [name for name, bar in wanted.items() if theirs[name] / ours[name][1] < bar]


def machine(peer: str) -> str:
    """The versions a section was measured with."""
    return (
        f"evidencekit {ek.__version__}, svy {peer}; Python {platform.python_version()}, numpy {np.__version__}, "
        f"pandas {pd.__version__}, {os.cpu_count()} cores."
    )


def publish(title: str, command: str, lines: list[str]) -> None:
    """Put a section into the results page, in place of the one it had."""
    old = RESULTS.read_text(encoding="utf-8") if RESULTS.exists() else ""
    sections = {part.split("\n", 1)[0]: part for part in old.split("\n## ")[1:]}
    sections[title] = "\n".join([title, "", f"Written by `{command}`.", "", *lines]).rstrip() + "\n"
    RESULTS.write_text(HEAD + "".join(f"\n## {sections[name].rstrip()}\n" for name in sorted(sections)), encoding="utf-8")
