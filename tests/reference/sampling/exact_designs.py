"""Makes exact_designs.json: chances of pairs from the definitions of the designs, by going through all samples or all courses.

Nothing of evidencekit is used. Run in this folder: `python exact_designs.py` (Python 3.11, numpy 2.4; some seconds).
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from itertools import combinations, pairwise, permutations
from pathlib import Path

import numpy as np

SETS = {
    "flat": ([1] * 6, 2),
    "skewed": ([2, 3, 3, 5, 8, 13, 16], 3),
    "tied": ([4, 4, 9, 9, 15, 15, 20], 3),
    "large chances": ([5, 6, 6, 7, 7, 8], 4),
    "certain and impossible": ([0, 1, 2, 3, 4, 50, 5], 3),
    "one left": ([5, 6, 7, 8, 150, 400], 3),
    "one of many": ([1, 2, 3, 4, 5], 1),
}


def chances(sizes, n):
    """Proportional to size; what exceeds 1 is 1, and the others share the rest."""
    certain = set()
    while True:
        rest = sum(s for k, s in enumerate(sizes) if k not in certain)
        p = [1.0 if k in certain else (n - len(certain)) * s / rest for k, s in enumerate(sizes)]
        more = {k for k, x in enumerate(p) if x >= 1} - certain
        if not more:
            return p
        certain |= more


def pairs_of(samples, size):
    """The matrix from (sample, probability)."""
    out = [[[] for _ in range(size)] for _ in range(size)]
    for sample, probability in samples:
        for k in sample:
            for j in sample:
                out[k][j].append(probability)
    return np.array([[math.fsum(x) for x in row] for row in out])


def sampford(p, n):
    odds = [x / (1 - x) for x in p]
    weight = {s: math.prod(odds[k] for k in s) * math.fsum(1 - p[k] for k in s) for s in combinations(range(len(p)), n)}
    total = math.fsum(weight.values())
    return pairs_of(((s, w / total) for s, w in weight.items()), len(p))


def maximum_entropy(p, n):
    """Newton's steps on the logarithms of the odds, in extended precision, over all samples."""
    samples = np.array([[k in s for k in range(len(p))] for s in combinations(range(len(p)), n)], dtype=np.longdouble)
    target = np.array(p, dtype=np.longdouble)
    log_odds = np.log(target / (1 - target))
    for _ in range(200):
        weight = np.exp(samples @ log_odds)
        weight /= weight.sum()
        both = samples.T @ (samples * weight[:, None])
        gap = target - np.diag(both)
        if np.abs(gap).max() < 1e-18:
            break
        covariance = (both - np.outer(np.diag(both), np.diag(both))).astype(float)
        log_odds = log_odds + np.linalg.pinv(covariance, rcond=1e-10) @ gap.astype(float)
    return both.astype(float)


def brewer(p, n):
    courses = {frozenset(): 1.0}
    for step in range(1, n + 1):
        after = defaultdict(list)
        for chosen, probability in courses.items():
            a = n - math.fsum(p[k] for k in chosen)
            left = [k for k in range(len(p)) if k not in chosen]
            q = [p[k] * (a - p[k]) / (a - p[k] * (n - step + 1)) if step < n else p[k] for k in left]
            for k, x in zip(left, q, strict=True):
                after[chosen | {k}].append(probability * x / math.fsum(q))
        courses = {s: math.fsum(x) for s, x in after.items()}
    return pairs_of(courses.items(), len(p))


def pivotal(p, n):
    """Every course of the meetings, in order."""
    courses = [((), None, 0.0, 1.0)]  # chosen, who goes on, with what, probability
    for k, x in enumerate(p):
        after = []
        for chosen, who, has, probability in courses:
            if who is None:
                after.append((chosen, k, x, probability))
            elif has + x < 1 - 1e-12:
                after.append((chosen, who, has + x, probability * has / (has + x)))
                after.append((chosen, k, has + x, probability * x / (has + x)))
            else:
                left = max(has + x - 1, 0.0)
                rest = left > 1e-12
                after.append(((*chosen, who), k if rest else None, left, probability * (1 - x) / (1 - left)))
                after.append(((*chosen, k), who if rest else None, left, probability * (1 - has) / (1 - left)))
        courses = after
    ended = [((*chosen, who), q) if who is not None and has > 0.5 else (chosen, q) for chosen, who, has, q in courses]
    assert all(len(s) == n for s, q in ended if q > 1e-12)
    return pairs_of(ended, len(p))


def stretches(p, n, order):
    """Samples of systematic sampling in an order, with the length of the starts that give each."""
    running = np.concatenate([[0.0], np.cumsum([p[k] for k in order])])
    ends = np.unique(np.concatenate([[0.0], running % 1, [1.0]]))
    for a, b in pairwise(ends):
        if b - a > 1e-12:
            places = np.searchsorted(running, (a + b) / 2 + np.arange(n), side="left") - 1
            yield tuple(order[i] for i in places), b - a


def systematic(p, n):
    return pairs_of(stretches(p, n, range(len(p))), len(p))


def random_systematic(p, n):
    """All orders."""
    total = defaultdict(list)
    for order in permutations(range(len(p))):
        for sample, length in stretches(p, n, order):
            total[tuple(sorted(sample))].append(length / math.factorial(len(p)))
    return pairs_of(((s, math.fsum(x)) for s, x in total.items()), len(p))


def at_most(p, most):
    """The probability of at most so many successes, by adding trials one at a time."""
    dist = [1.0] + [0.0] * len(p)
    for x in p:
        dist = [dist[m] * (1 - x) + (dist[m - 1] * x if m else 0.0) for m in range(len(dist))]
    return math.fsum(dist[: most + 1])


KEYS = {
    "pareto": (lambda u, p: u / (1 - u) * (1 - p) / p, lambda t, p: t / (t + (1 - p) / p)),
    "sequential-poisson": (lambda u, p: u / p, lambda t, p: min(1.0, t * p)),
    "exponential": (lambda u, p: math.log1p(-u) / math.log1p(-p), lambda t, p: -math.expm1(t * math.log1p(-p))),
}


def ordered(p, n, kind):
    """Over the random number of the unit that is last of the two; panels end where a key's range ends, and shrink towards 0 and 1."""
    key, below = KEYS[kind]
    size, out = len(p), np.zeros((len(p), len(p)))
    x, w = np.polynomial.legendre.leggauss(24)
    for k in range(size):
        graded = [0.5**i for i in range(1, 37)]
        ends = {0.0, 1.0, *graded, *(1 - g for g in graded)}
        if kind == "sequential-poisson":
            ends = {0.0, 1.0, *(p[k] / p[j] for j in range(size) if p[k] < p[j])}
        ends = sorted(ends)
        parts = [[] for _ in range(size)]
        for a, b in pairwise(ends):
            for u, share in zip((a + b) / 2 + (b - a) / 2 * x, w * (b - a) / 2, strict=True):
                f = [below(key(u, p[k]), y) for y in p]
                for j in range(size):
                    others = [f[i] for i in range(size) if i not in (j, k)]
                    parts[j].append(share * (at_most(others, n - 1) if j == k else f[j] * at_most(others, n - 2) if n > 1 else 0.0))
        for j in range(size):
            out[k, j] = math.fsum(parts[j])
    single = np.diag(np.diag(out))
    return out + out.T - single


DESIGNS = {
    "sampford": sampford,
    "conditional-poisson": maximum_entropy,
    "brewer": brewer,
    "pivotal": pivotal,
    "systematic": systematic,
    "random-systematic": random_systematic,
    "pareto": lambda p, n: ordered(p, n, "pareto"),
    "sequential-poisson": lambda p, n: ordered(p, n, "sequential-poisson"),
    "exponential": lambda p, n: ordered(p, n, "exponential"),
}


def embedded(inner, p):
    """The open units' matrix among all units."""
    opens = [k for k, x in enumerate(p) if 0 < x < 1]
    single = np.array(p, dtype=float)
    single[opens] = np.diag(inner)
    out = np.outer(single, single)
    out[np.ix_(opens, opens)] = inner
    np.fill_diagonal(out, single)
    return out


def main():
    made = {}
    for name, (sizes, n) in SETS.items():
        p = chances(sizes, n)
        inner = [x for x in p if 0 < x < 1]
        left = n - sum(x == 1 for x in p)
        pairs = {design: embedded(how(inner, left), p) for design, how in DESIGNS.items()}
        for design, matrix in pairs.items():
            assert np.abs(matrix.sum(1) - n * np.diag(matrix)).max() < 1e-12, (name, design)
            if design not in KEYS:
                assert np.abs(np.diag(matrix) - p).max() < 1e-13, (name, design)
        made[name] = {"sizes": sizes, "n": n, "chances": p, "pairs": {d: m.tolist() for d, m in pairs.items()}}
        print(name)
    Path(__file__).with_name("exact_designs.json").write_text(json.dumps(made, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
