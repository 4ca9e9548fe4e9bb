"""Make the fictional two-phase sample that `two_phase.R` analyses: ``python make_two_phase.py`` in this folder.

Nothing here describes real people or places. Phase 1 is 8 of the schools in each of two strata and some pupils of each; everybody's
`risk` and `x` are known. Phase 2 is drawn in four ways, of which each column says who was taken: `by_risk` pupils by stratum and risk,
`by_school` pupils within each school, `classes` two of three classes in each school and half of their pupils, `schools` 5 of the 8
schools of a stratum with all their pupils.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent


def main() -> None:
    """Write the file."""
    rng = np.random.default_rng(20251125)
    rows: list[dict[str, object]] = []
    for school in range(16):
        level, size = rng.normal(), int(rng.integers(90, 160))
        for seat in range(18):
            risk = int(rng.random() < 0.35)
            x = round(float(rng.uniform(1, 3) + 0.5 * risk), 3)
            rows.append(
                {
                    "stratum": "ns"[school // 8],
                    "school": 101 + school,
                    "class": 10 * (101 + school) + seat // 6,
                    "pupil": 1000 * (101 + school) + seat,
                    "n_schools": (40, 25)[school // 8],
                    "n_school": size,
                    "everyone": 6000,
                    "risk": risk,
                    "x": x,
                    "g": int(rng.random() < 0.4),
                    "y": round(float(10 + level + 3 * x + 2 * risk + rng.normal()), 3),
                }
            )
    school = np.array([r["school"] for r in rows])
    cell = np.array([f"{r['stratum']}{r['risk']}" for r in rows])
    classes = np.array([r["class"] for r in rows])
    by_risk, by_school, some, schools = (np.zeros(len(rows), dtype=int) for _ in range(4))
    for c in np.unique(cell):
        here = np.flatnonzero(cell == c)
        by_risk[rng.choice(here, len(here) * (3 if c.endswith("1") else 1) // 5, replace=False)] = 1
    for s in np.unique(school):
        by_school[rng.choice(np.flatnonzero(school == s), int(rng.integers(4, 10)), replace=False)] = 1
        for c in rng.choice(np.unique(classes[school == s]), 2, replace=False):
            some[rng.choice(np.flatnonzero(classes == c), 3, replace=False)] = 1
    for half in (np.arange(101, 109), np.arange(109, 117)):
        schools[np.isin(school, rng.choice(half, 5, replace=False))] = 1
    for i, row in enumerate(rows):
        row |= {"cell": cell[i], "by_risk": by_risk[i], "by_school": by_school[i], "classes": some[i], "schools": schools[i]}
    with (HERE / "two_phase.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
