"""Chained equations: statsmodels' MICE over columns of codes and numbers, with the design among the predictors.

Numbers are filled by predictive mean matching. Categories are drawn from continuation-ratio logistic
regressions (the commonest level against the others, then the next against those left), kept finite where a predictor tells a level
perfectly by pseudo-observations of little weight. Only rows that were asked are learnt from.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Codes, Floats, summed
from evidencekit.errors import EstimationError

__all__ = ["Link", "complete", "neighbours"]

DONORS = 5
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Link:
    """One column of the chain: `values` (n,) as numbers, or as codes 0 to ``levels - 1`` when ``levels > 0``.

    `known` marks rows with an answer, `fill` those to be filled; the rest were not asked. `near` (n, q) is what the answers of others
    in the sampling unit say.
    """

    name: str
    values: Floats
    levels: int
    known: Mask
    fill: Mask
    near: Floats


def complete(links: Sequence[Link], fixed: Floats, *, imputations: int, iterations: int, rng: np.random.Generator) -> list[list[Floats]]:
    """Filled values, per imputation one array a link.

    Parameters
    ----------
    links : sequence of Link
        The columns to fill, and those that help to.
    fixed : (n, p) array
        The design variables.
    imputations, iterations : int
        How many completed sets, and how many rounds before each.
    rng : numpy Generator
        The draws.

    Raises
    ------
    EstimationError
        The model of a column cannot be fitted.
    """
    chain = _chain(links, fixed, rng)
    out: list[list[Floats]] = []
    for _ in range(imputations):
        chain.update_all(iterations)
        out.append([np.array(chain.data[f"x{k}"], dtype=np.float64) for k in range(len(links))])
    return out


def _chain(links: Sequence[Link], fixed: Floats, rng: np.random.Generator) -> Any:
    """A MICEData whose predictors are ours; the class is made here, so that statsmodels loads on first use."""
    import pandas as pd
    from statsmodels.imputation.mice import MICEData

    place = {f"x{k}": k for k in range(len(links))}

    class Chain(MICEData):
        def get_split_data(self, vname: str) -> Any:
            k = place[vname]
            x = _predictors(links, [np.asarray(self.data[v], dtype=np.float64) for v in place], fixed, k)
            seen, blank = self.ix_obs[vname], self.ix_miss[vname]
            y = np.asarray(self.data[vname], dtype=np.float64)
            return y[seen], x[seen], x[blank], {}, {}

        def update(self, vname: str) -> None:
            link = links[place[vname]]
            y, x, blank, _, _ = self.get_split_data(vname)
            try:
                if len(y) <= x.shape[1] + DONORS:
                    raise _Unfitted
                drawn = _drawn(y.astype(np.intp), x, blank, link.levels, rng) if link.levels else _matched(y, x, blank, rng)
            except (np.linalg.LinAlgError, FloatingPointError, _Unfitted):
                raise EstimationError(
                    f"The model that fills column {link.name!r} cannot be fitted.", "Put small categories together, or use fewer using=."
                ) from None
            self._store_changes(vname, drawn.astype(np.float64))

    columns = {"row": np.zeros(len(fixed))}
    columns |= {
        v: np.where(link.fill, np.nan, np.where(link.known, link.values, _middle(link))) for v, link in zip(place, links, strict=True)
    }
    made = Chain(pd.DataFrame(columns), rng=rng)
    for v, link in zip(place, links, strict=True):
        made.ix_obs[v] = np.flatnonzero(link.known)
    return made


def _middle(link: Link) -> float:
    """A value that stands where nothing was asked; no model ever sees it."""
    seen = link.values[link.known]
    return float(np.bincount(seen.astype(np.intp)).argmax()) if link.levels else float(seen.mean())


def _predictors(links: Sequence[Link], values: list[Floats], fixed: Floats, target: int) -> Floats:
    """A constant, the design, the target's neighbours and all other columns; standardised over all rows, constants left out."""
    parts = [fixed, links[target].near]
    for k, (link, v) in enumerate(zip(links, values, strict=True)):
        if k == target:
            continue
        asked = link.known | link.fill
        coded = (v[:, None] == np.arange(1, link.levels)).astype(np.float64) if link.levels else _standard(v[:, None])
        parts.append(coded * asked[:, None])
        if not asked.all():
            parts.append((~asked).astype(np.float64)[:, None])
    x = np.hstack(parts)
    used = links[target].known
    return np.hstack([np.ones((len(x), 1)), x[:, np.ptp(x[used], axis=0) > 1e-12]])


def _standard(x: Floats) -> Floats:
    spread = x.std(axis=0)
    return (x - x.mean(axis=0)) / np.where(spread > 0, spread, 1.0)


class _Unfitted(Exception):
    """A regression that did not converge."""


def _matched(y: Floats, x: Floats, blank: Floats, rng: np.random.Generator) -> Floats:
    """Answers of donors whose prediction is among the nearest, picked at random.

    Donors are predicted by the estimated coefficients and receivers by drawn ones. statsmodels' own matching uses the drawn ones for
    both; with few predictors the donors are then the same whatever was drawn, and the imputations differ too little (van Buuren 2018,
    section 3.4.2).
    """
    from statsmodels.regression.linear_model import OLS

    fit: Any = OLS(y, x).fit()
    values, vectors = np.linalg.eigh(np.asarray(fit.normalized_cov_params))
    sigma = np.sqrt(fit.ssr / rng.chisquare(fit.df_resid))
    drawn = np.asarray(fit.params) + sigma * (vectors @ (np.sqrt(np.maximum(values, 0.0)) * rng.standard_normal(len(values))))
    given, wanted = x @ np.asarray(fit.params), blank @ drawn
    order = np.argsort(given, kind="stable")
    near = np.searchsorted(given[order], wanted)[:, None] + np.arange(-DONORS, DONORS)
    far = (near < 0) | (near >= len(y))
    place = order[np.clip(near, 0, len(y) - 1)]
    distance = np.where(far, np.inf, np.abs(given[place] - wanted[:, None]))
    pick = np.argsort(distance, axis=1, kind="stable")[np.arange(len(wanted)), rng.integers(0, DONORS, len(wanted))]
    return y[place[np.arange(len(wanted)), pick]]


def _drawn(y: Codes, x: Floats, blank: Floats, levels: int, rng: np.random.Generator) -> Codes:
    """Levels drawn for rows without an answer, from regressions whose coefficients are drawn too."""
    order = np.argsort(-np.bincount(y, minlength=levels), kind="stable")
    order = order[: int((np.bincount(y, minlength=levels) > 0).sum())]
    out = np.full(len(blank), order[-1], dtype=np.intp)
    left, there = np.ones(len(blank), dtype=bool), np.ones(len(y), dtype=bool)
    for level in order[:-1]:
        chance = _chance((y[there] == level).astype(np.float64), x[there], blank, rng)
        hit = left & (rng.random(len(blank)) < chance)
        out[hit] = level
        left &= ~hit
        there &= y != level
    return out


def _chance(y: Floats, x: Floats, blank: Floats, rng: np.random.Generator) -> Floats:
    """Probabilities by a logistic regression with coefficients drawn about their estimates."""
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import ModelWarning

    more, outcome, weight = _pseudo(x)
    both = np.vstack([x, more])
    weights = np.concatenate([np.ones(len(y)), np.full(len(more), weight)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ModelWarning)  # what they say is asked of the result
        fit: Any = GLM(np.concatenate([y, outcome]), both, family=Binomial(), var_weights=weights).fit(maxiter=50)
    if not fit.converged or not np.isfinite(fit.params).all():
        raise _Unfitted
    values, vectors = np.linalg.eigh(np.asarray(fit.cov_params(scale=1.0)))
    drawn = np.asarray(fit.params) + vectors @ (np.sqrt(np.maximum(values, 0.0)) * rng.standard_normal(len(values)))
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-(blank @ drawn)))


def _pseudo(x: Floats) -> tuple[Floats, Floats, float]:
    """Rows one standard deviation either side of the middle in each predictor, once with and once without the level.

    Together they weigh as much as there are coefficients (White, Daniel and Royston 2010).
    """
    middle, spread = x.mean(axis=0), x.std(axis=0)
    moved = np.flatnonzero(spread > 0)
    rows = np.tile(middle, (4 * len(moved), 1))
    rows[np.arange(len(rows)), np.repeat(moved, 4)] += np.tile([1.0, 1.0, -1.0, -1.0], len(moved)) * np.repeat(spread[moved], 4)
    return rows, np.tile([0.0, 1.0], 2 * len(moved)), (len(moved) + 1) / max(1, len(rows))


def neighbours(values: Floats, levels: int, known: Mask, psu: Codes | None) -> Floats:
    """What the others in a row's sampling unit answered: their mean, or the share of each level but the first; all rows' where none."""
    n = len(values)
    if psu is None or levels == 1:
        return np.empty((n, 0))
    coded = (values[:, None] == np.arange(1, levels)).astype(np.float64) if levels else values[:, None]
    coded = np.where(known[:, None], coded, 0.0)
    size = int(psu.max(initial=-1)) + 1
    count = summed(psu, known.astype(np.float64), size)[psu] - known
    sums = np.column_stack([summed(psu, column, size) for column in coded.T])[psu] - coded
    overall = coded[known].mean(axis=0)
    means = np.where(count[:, None] > 0, sums / np.maximum(count, 1.0)[:, None], overall)
    return _standard(means)
