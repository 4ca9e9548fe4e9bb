"""Make the small fictional samples that the R scripts in this folder analyse.

Nothing here describes real people or places: every value comes from a seeded generator. Run ``python make_data.py`` in this
folder to write the CSV files again; an empty field is a missing value.

Each file is a sample drawn from a fictional population by the design its columns state:

- ``twostage.csv``: classes in schools, pupils in classes, in four strata. The stratum ``island`` has one school, taken with
  certainty, and school 204 has two classes, both taken, so that the second-stage correction is zero there.
- ``lonely.csv``: whole classes in schools. Stratum ``s`` has one sampled school of 12 and school 11 one sampled class of 4;
  the domain ``dom`` = "yes" has members in one school only of stratum ``q``.
- ``pps.csv`` and ``pps_joint.csv``: 30 of 120 units, probability proportional to size, by conditional Poisson sampling.
- ``poisson.csv``: a Poisson sample from the same 120 units.
- ``clustered_pps.csv`` and ``clustered_pps_joint.csv``: PSUs drawn as in ``pps.csv`` in each of two strata, then a simple random
  sample of elements in each.

Conditional Poisson sampling is used because its inclusion probabilities, single and joint, are exact sums (Chen, Dempster
and Liu 1994, Biometrika 81, 457-469).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.random import Generator, default_rng
from numpy.typing import NDArray

HERE = Path(__file__).parent
SEED = 20250317
Floats = NDArray[np.float64]
Row = dict[str, object]

MODES = ("never", "sometimes", "often")


def chance_of_size(p: Floats, size: int, left_out: NDArray[np.int64]) -> Floats:
    """The chance that a Poisson sample has `size` units, for each row of `left_out` the sample without those units.

    Parameters
    ----------
    p : (N,) array
        Poisson inclusion probabilities.
    left_out : (m, k) array
        Unit numbers to leave out, m cases at once. Every term is positive, so nothing cancels.
    """
    table = np.zeros((len(left_out), size + 1))
    table[:, 0] = 1.0
    for unit, chance in enumerate(p):
        q = np.where((left_out == unit).any(axis=1), 0.0, chance)[:, None]
        table[:, 1:] = table[:, 1:] * (1 - q) + table[:, :-1] * q
        table[:, :1] *= 1 - q
    return table[:, size]


def working_probabilities(pi: Floats) -> Floats:
    """Poisson probabilities whose samples, kept only if of size sum(pi), include unit i with chance pi[i]."""
    n = round(float(pi.sum()))
    alone = np.arange(len(pi))[:, None]
    nobody = np.full((1, 1), -1)
    p = pi.copy()
    for _ in range(500):
        reached = p * chance_of_size(p, n - 1, alone) / chance_of_size(p, n, nobody)
        if np.abs(reached / pi - 1).max() < 1e-14:
            break
        odds = p / (1 - p) * pi / reached
        odds *= np.sum(pi / (1 - pi)) / odds.sum()  # odds are known up to a factor; fix it to keep them near pi
        p = odds / (1 + odds)
    return p


def joint_probabilities(pi: Floats) -> Floats:
    """All joint inclusion probabilities of conditional Poisson sampling, pi on the diagonal."""
    n = round(float(pi.sum()))
    p = working_probabilities(pi)
    first, second = np.triu_indices(len(pi), 1)
    both = chance_of_size(p, n - 2, np.column_stack([first, second]))
    joint = np.diag(pi)
    joint[first, second] = p[first] * p[second] * both / chance_of_size(p, n, np.full((1, 1), -1))
    joint = joint + np.triu(joint, 1).T
    # For a sample of fixed size n, sum_j pi_ij = n pi_i, the diagonal included.
    if np.abs(joint.sum(axis=1) / (n * pi) - 1).max() > 1e-12:
        raise ArithmeticError("The joint inclusion probabilities do not add up.")
    return joint


def conditional_poisson(rng: Generator, pi: Floats) -> NDArray[np.int64]:
    """Draw one sample of fixed size by rejection: Poisson samples until one has the right size."""
    n = round(float(pi.sum()))
    p = working_probabilities(pi)
    while True:
        taken = np.flatnonzero(rng.random(len(pi)) < p)
        if len(taken) == n:
            return taken


def answers(rng: Generator, level: float, rare: float) -> Row:
    """One person's fictional answers: y and x continuous, b 0/1, g a domain, k a three-way answer."""
    g = str(rng.choice(["a", "b", "c"], p=[0.45, 0.35, 0.20]))
    y = 50 + level + {"a": 0.0, "b": 3.0, "c": -4.0}[g] + rng.normal(0, 8)
    x = float(np.exp(rng.normal(3 + 0.01 * (y - 50), 0.4)))
    k = MODES[min(2, int(rng.integers(0, 3) + (rng.random() < 0.25)))]
    chance = 1 / (1 + np.exp(-(np.log(rare / (1 - rare)) + 0.06 * level)))
    return {"y": round(y, 2), "x": round(x, 2), "b": int(rng.random() < chance), "g": g, "k": k}


def two_stages(rng: Generator) -> list[Row]:
    """Schools in strata, classes in schools, pupils in classes, with the population count at every stage."""
    strata = {"north": (40, 6, 100), "coast": (25, 5, 200), "hills": (30, 4, 300), "island": (1, 1, 400)}
    rows: list[Row] = []
    for stratum, (in_population, in_sample, start) in strata.items():
        shift = rng.normal(0, 3)
        for number in range(1, in_sample + 1):
            school, of_school = start + number, rng.normal(0, 5)
            classes = 8 if stratum == "island" else 2 if school == 204 else int(rng.integers(4, 9))
            drawn = 4 if stratum == "island" else 2 if school == 204 else int(rng.integers(2, 4))
            sizes = rng.integers(9, 24, classes)
            pupils_drawn = rng.integers(3, 6, drawn)
            f1, f2 = in_sample / in_population, int(pupils_drawn.sum()) / int(sizes.sum())
            for c in range(drawn):
                of_class = of_school + shift + rng.normal(0, 3)
                size, count = int(sizes[c]), int(pupils_drawn[c])
                for pupil in range(1, count + 1):
                    row: Row = {
                        "stratum": stratum, "school": school, "school_no": number,
                        "class": school * 10 + c + 1, "class_no": c + 1,
                        "pupil": (school * 10 + c + 1) * 100 + pupil, "pupil_no": pupil,
                        "n_schools": in_population, "n_classes": classes, "n_class": size, "n_school": int(sizes.sum()),
                        "f1": f1, "f2": f2,
                        "weight": in_population / in_sample * classes / drawn * size / count,
                        "weight2": 1 / f1 / f2,
                    }  # fmt: skip
                    row |= answers(rng, of_class, 0.10)
                    if rng.random() < 0.08:
                        row["x"] = None
                    if rng.random() < 0.04:
                        row["k"] = None
                    rows.append(row)
    return rows


def lonely_units(rng: Generator) -> list[Row]:
    """Whole classes in schools, with a stratum of one school, a school of one class and a thin domain."""
    strata = {"p": (10, 4, 10), "q": (8, 3, 20), "s": (12, 1, 30)}
    rows: list[Row] = []
    for stratum, (in_population, in_sample, start) in strata.items():
        for number in range(1, in_sample + 1):
            school, of_school = start + number, rng.normal(0, 5)
            classes, drawn = (4, 1) if school == 11 else (int(rng.integers(4, 7)), 3)
            for c in range(1, drawn + 1):
                of_class = of_school + rng.normal(0, 3)
                for pupil in range(1, 4):
                    person = answers(rng, of_class, 0.3)
                    inside = pupil == 1 if stratum != "q" else school == 22 and pupil < 3
                    rows.append({
                        "stratum": stratum, "school": school, "class": school * 10 + c,
                        "pupil": (school * 10 + c) * 10 + pupil, "n_schools": in_population, "n_classes": classes,
                        "weight": in_population / in_sample * classes / drawn,
                        "y": person["y"], "x": person["x"], "b": person["b"], "dom": "yes" if inside else "no",
                    })  # fmt: skip
    return rows


def unit(rng: Generator, size: float) -> Row:
    """Answers of one unit of a population sampled by size: y and x grow with the size."""
    row = answers(rng, 0.0, 0.25)
    y = 0.5 * size + float(str(row["y"])) / 5
    return row | {"y": round(y, 2), "x": round(float(np.exp(rng.normal(2, 0.3))) + size / 3, 2)}


def sampled_by_size(rng: Generator) -> tuple[list[Row], list[Row], list[Row]]:
    """A fixed-size sample with its joint matrix, and a Poisson sample, from one population of 120."""
    size = np.round(np.exp(rng.normal(3, 0.6, 120)), 1)
    people = [unit(rng, float(s)) for s in size]
    pi = 30 * size / size.sum()
    if pi.max() >= 0.95:
        raise ArithmeticError("A unit is all but certain; choose another seed.")
    joint = joint_probabilities(pi)
    # psum: what Hartley and Rao's approximation needs to know of the population.
    fixed = conditional_poisson(rng, pi)
    psum = float(np.sum(pi**2) / 30)
    sample: list[Row] = [{"unit": int(i) + 1, "pi": float(pi[i]), "psum": psum} | people[i] for i in fixed]
    matrix = square(joint[np.ix_(fixed, fixed)], [f"u{i + 1}" for i in fixed])
    poisson = np.flatnonzero(rng.random(120) < pi)
    return sample, matrix, [{"unit": int(i) + 1, "pi": float(pi[i])} | people[i] for i in poisson]


def clusters_by_size(rng: Generator) -> tuple[list[Row], list[Row]]:
    """PSUs drawn by size in two strata, a simple random sample of elements in each PSU."""
    rows: list[Row] = []
    chances: list[Floats] = []
    names: list[str] = []
    for stratum, (in_population, in_sample) in {1: (20, 6), 2: (30, 8)}.items():
        size = rng.integers(6, 25, in_population)
        pi = in_sample * size / size.sum()
        taken = conditional_poisson(rng, pi)
        chances.append(joint_probabilities(pi)[np.ix_(taken, taken)])
        psum = float(np.sum(pi**2) / in_sample)
        for i in taken:
            psu, of_psu = stratum * 100 + int(i) + 1, rng.normal(0, 5)
            names.append(f"p{psu}")
            drawn = int(rng.integers(3, 7))
            pi1, pi2 = float(pi[i]), drawn / int(size[i])
            rows += [
                {"h": stratum, "psu": psu, "element": psu * 100 + e, "pi1": pi1, "pi2": pi2, "psum": psum,
                 "weight": 1 / (pi1 * pi2)} | answers(rng, of_psu, 0.15)
                for e in range(1, drawn + 1)
            ]  # fmt: skip
    one, two = chances
    # Strata are drawn independently of each other.
    across = np.outer(np.diag(one), np.diag(two))
    return rows, square(np.block([[one, across], [across.T, two]]), names)


def square(matrix: Floats, names: Sequence[str]) -> list[Row]:
    """A matrix as rows of a table; the columns are named after the units, in the order of the rows."""
    return [dict(zip(names, map(float, line), strict=True)) for line in matrix]


def write(name: str, rows: Iterable[Mapping[str, object]]) -> None:
    """Write rows to a CSV file; floats keep every digit, None becomes an empty field."""
    rows = list(rows)
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)


def main() -> None:
    """Write every file. Each has a generator of its own, so that changing one leaves the others as they are."""
    write("twostage.csv", two_stages(default_rng([SEED, 1])))
    write("lonely.csv", lonely_units(default_rng([SEED, 2])))
    fixed, matrix, poisson = sampled_by_size(default_rng([SEED, 3]))
    write("pps.csv", fixed)
    write("pps_joint.csv", matrix)
    write("poisson.csv", poisson)
    clusters, matrix = clusters_by_size(default_rng([SEED, 4]))
    write("clustered_pps.csv", clusters)
    write("clustered_pps_joint.csv", matrix)


if __name__ == "__main__":
    main()
