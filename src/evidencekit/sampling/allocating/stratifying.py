"""Cut a list of units into strata by their size: the verb."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray

from evidencekit.columns import Floats, numeric
from evidencekit.errors import DesignError, InputError, how_many, one_of
from evidencekit.sampling.allocating.asking import LARGEST, as_float, in_range, is_number
from evidencekit.sampling.allocating.boundaries import StrataBoundaries
from evidencekit.sampling.allocating.filling import fill_amount
from evidencekit.sampling.allocating.planning import Aim, Values, planned
from evidencekit.sampling.allocating.rounding import Whole, largest_remainders
from evidencekit.sampling.allocating.rules import by_roots, geometric
from evidencekit.sampling.allocating.searching import searched
from evidencekit.sampling.allocating.sethi import iterated

__all__ = ["CutRule", "strata_boundaries"]

CutRule = Literal["lavallee-hidiroglou", "sethi", "cumulative-root-f", "geometric"]
_CLASSES = 5_000
RULES = ("lavallee-hidiroglou", "sethi", "cumulative-root-f", "geometric")
POWERS = {"neyman": (0.5, 0.0, 0.5), "proportional": (0.5, 0.0, 0.0), "equal": (0.0, 0.0, 0.0)}


def strata_boundaries(
    values: Any,
    strata: int,
    *,
    method: CutRule = "lavallee-hidiroglou",
    cv: float | None = None,
    n: int | None = None,
    allocation: str | tuple[float, float, float] = "neyman",
    take_all: int = 0,
    certain: Any = None,
    classes: int | None = None,
) -> StrataBoundaries:
    """Where to cut a list of units into strata by a size that is known for all of them.

    Parameters
    ----------
    values : sequence of numbers, numpy array or Series
        The size of every unit of the list, such as last year's number of reports: 0 or more, none missing.
    strata : int
        How many strata, 2 or more.
    method : {"lavallee-hidiroglou", "sethi", "cumulative-root-f", "geometric"}
        The boundaries with the fewest units (or, for a given `n`, the smallest cv), found by search; the same by Sethi's
        iteration, which can end in a worse place or not at all and needs `cv`; equal sums of the roots of frequencies; or equal ratios.
    cv : float, optional
        The coefficient of variation that the mean of the values must reach. Either `cv` or `n` is given.
    n : int, optional
        The number of units, those taken with certainty too.
    allocation : {"neyman", "proportional", "equal"} or (q1, q2, q3)
        How units are shared: in proportion to ``N_h**(2 q1) mean_h**(2 q2) variance_h**q3``; "neyman" is (0.5, 0, 0.5).
    take_all : int
        How many of the highest strata are taken whole at least. More are where a stratum would need more units than it has.
    certain : sequence of bool, optional
        Units that are in the sample whatever their size; they are set apart first.
    classes : int, optional
        For "cumulative-root-f": in how many classes of equal width the values are counted. Default: 50, or 10 a stratum where that is more.

    Returns
    -------
    StrataBoundaries
        With ``.strata``, the stratum of every unit, and ``.as_mapping()``, what the verbs that draw take.

    Raises
    ------
    InputError
        Values that are missing, negative, infinite or text; neither or both of `cv` and `n`; an option out of bounds.
    DesignError
        Fewer different values than strata; more units than there are, or fewer than strata; no boundaries that suit.

    Notes
    -----
    The cv is that of the mean of the values themselves under stratified sampling without replacement, with divisor N_h in the variances as
    in Rivest (2002). A variable that merely goes with the size will be less precise: plan for a smaller cv. For a given cv every number is
    rounded up; for a given n the largest remainders are, after one unit for every stratum. A variance needs two: raise what has
    one. The search starts from ten sets of boundaries, tries every place for one boundary, then for two together, and ends by
    looking for fewer whole units around the best; small problems are tried out in full. It uses no random numbers. The rule of
    cumulative roots goes from boundary to boundary as R stratification does, which need not give the most equal sums there are.

    References
    ----------
    Dalenius and Hodges (1959), JASA 54, 88-101. Gunning and Horgan (2004), Survey Methodology 30, 159-166. Lavallee and Hidiroglou
    (1988), Survey Methodology 14, 33-43. Rivest (2002), Survey Methodology 28, 191-198. Kozak (2004), Statistics in Transition 6, 797-806.
    Sethi (1963), Australian Journal of Statistics 5, 20-33.

    Examples
    --------
    Fictional numbers of reports received by 400 helplines.

    >>> import numpy as np
    >>> from evidencekit.sampling import strata_boundaries
    >>> reports = np.round(np.exp(np.random.default_rng(1).normal(4, 1.2, 400)))
    >>> made = strata_boundaries(reports, 4, cv=0.05)
    >>> made
    Strata (lavallee-hidiroglou): 35 of 400 units in 4 strata; cv 0.04965
    stratum    low   high  size   n  n_exact   mean  variance  take_all
          1          42.5   172   4    3.918  21.78     116.9  False
          2   42.5  106.5   131   5    4.872  67.25     311.6  False
          3  106.5  310.5    79   8    7.986    159      2302  False
          4  310.5           18  18       18  694.3   252,114  True
    >>> np.bincount(made.strata)[1:].tolist() == made.sizes.tolist()
    True
    """
    one_of("method", method, RULES)
    x, apart, backend = _read(values, certain)
    different, times = np.unique(x[~apart], return_counts=True)
    count = _whole_number(strata, "strata=", 2)
    if len(different) < count:
        raise DesignError(
            f"The units have {how_many(len(different), 'value', 'different values')}, too few for {count} strata.", "Ask for fewer strata."
        )
    held = Values(different, times, int(apart.sum()), float(x[apart].sum()))
    aim = Aim(*_target(cv, n, held, count), _powers(allocation), _whole_number(take_all, "take_all=", 0))
    if aim.take_all >= count:
        raise InputError("take_all= is less than the number of strata.", "One stratum at least is sampled.")
    if classes is not None and method != "cumulative-root-f":
        raise InputError('classes= belongs to method="cumulative-root-f".', "Leave it out.")
    bounds, aim = _bounds(held, aim, count, method, classes)
    return _made(x, apart, held, aim, bounds, (method, backend))


def _read(values: Any, certain: Any) -> tuple[Floats, NDArray[np.bool_], str]:
    """The values (N,), which are certain (N,), and the kind of frame the caller uses."""
    backend = "pandas"
    try:
        series = nw.from_native(values, series_only=True)
    except TypeError:
        series = None
    if series is not None:
        kind = str(series.implementation.value)
        backend = kind if kind in ("polars", "pyarrow") else "pandas"
        x = numeric(series, "values=")
    elif isinstance(values, (Sequence, np.ndarray)) and not isinstance(values, str):
        listed = values.tolist() if isinstance(values, np.ndarray) else list(values)
        wrong = sum(1 for value in listed if not is_number(value))
        if wrong:
            raise InputError(f"values=: {wrong} of {len(listed)} are not numbers.", "Give one number per unit, in one dimension.")
        x = np.array([as_float(value) for value in listed], dtype=np.float64)
    else:
        raise InputError(f"values= is a sequence of numbers or a Series, not a {type(values).__name__}.", 'Such as frame["size"].')
    lost, below = int((~np.isfinite(x)).sum()), int((x < 0).sum())
    if lost or below or not len(x):
        what = f"{lost} are missing or infinite" if lost else f"{below} are below 0" if below else "there are none"
        raise InputError(f"values=: of {len(x)}, {what}." if len(x) else "values= is empty.", "Every unit needs a size of 0 or more.")
    if x.max() > LARGEST or 0 < x[x > 0].min(initial=np.inf) < 1 / LARGEST:
        raise InputError(f"values=: some are beyond {LARGEST:g} or its inverse.", "Use another unit of measurement.")
    if certain is None:
        return x, np.zeros(len(x), dtype=bool), backend
    marks = list(certain) if isinstance(certain, Sequence) or np.ndim(certain) else []
    if len(marks) != len(x) or not all(isinstance(mark, (bool, np.bool_)) for mark in marks):
        raise InputError("certain= has true or false for every unit, in the order of the values.", "None may be missing.")
    return x, np.array(marks, dtype=bool), backend


def _whole_number(given: object, role: str, least: int) -> int:
    if isinstance(given, (bool, np.bool_)) or not isinstance(given, (int, np.integer)) or given < least:
        raise InputError(f"{role} is a whole number of {least} or more.")
    return int(given)


def _target(cv: object, n: object, values: Values, strata: int) -> tuple[float | None, int | None]:
    if (cv is None) == (n is None):
        raise InputError("One of cv= and n= is needed.", "The precision that is wanted, or the number of units.")
    if cv is not None:
        if not in_range(cv):
            raise InputError("cv= is a number above 0, such as 0.05.")
        return float(cv), None  # type: ignore[arg-type]
    units, there = _whole_number(n, "n=", 1), values.count + values.certain
    if units > there:
        raise DesignError(f"n is more than the {there:,} units there are.", "Take all of them.")
    if units < strata + values.certain:
        raise DesignError(
            f"n={units:,} is less than one unit in each of {strata} strata{' and all certain ones' if values.certain else ''}.",
            "Raise it, or ask for fewer strata.",
        )
    return None, units


def _powers(allocation: object) -> tuple[float, float, float]:
    if isinstance(allocation, str):
        one_of("allocation", allocation, POWERS)
        return POWERS[allocation]
    if not isinstance(allocation, (tuple, list)) or len(allocation) != 3 or not all(is_number(q) and 0 <= q <= 4 for q in allocation):
        raise InputError("allocation= is a word or three numbers from 0 to 4, (q1, q2, q3).", f"Words are {', '.join(POWERS)}.")
    return float(allocation[0]), float(allocation[1]), float(allocation[2])


def _bounds(values: Values, aim: Aim, strata: int, method: str, classes: int | None) -> tuple[Floats, Aim]:
    if method == "geometric":
        return geometric(values, strata), aim
    if method == "cumulative-root-f":
        count = max(50, 10 * strata) if classes is None else _whole_number(classes, "classes=", strata)
        if count > _CLASSES:
            raise InputError(f"classes= is at most {_CLASSES:,}.", "The rule changes little beyond a few hundred.")
        return by_roots(values, strata, count), aim
    if method == "sethi":
        if aim.cv is None:
            raise InputError('method="sethi" needs cv=.', 'For a given n use method="lavallee-hidiroglou".')
        return iterated(values, aim, strata)
    cuts = searched(values, aim, strata)
    if cuts is None:
        raise DesignError(
            f"No boundaries were found with two units or more, and a sample, in each of {strata} strata.",
            "Ask for fewer strata, raise n=, lower take_all=, or use an allocation that gives units to strata that do not vary.",
        )
    return (values.different[cuts - 1] + values.different[cuts]) / 2, aim


def _made(x: Floats, apart: NDArray[np.bool_], values: Values, aim: Aim, bounds: Floats, named: tuple[str, str]) -> StrataBoundaries:
    """The plan for boundaries, its moments added up from the values themselves."""
    codes = np.where(apart, 0, np.searchsorted(bounds, x, side="right") + 1)
    count = len(bounds) + 1
    parts = [x[codes == h] for h in range(1, count + 1)]
    empty = sum(1 for part in parts if not len(part))
    if empty:
        raise DesignError(
            f"{empty} of the {count} strata {'has' if empty == 1 else 'have'} no unit.",
            'Ask for fewer strata, or use method="lavallee-hidiroglou".',
        )
    sizes = np.array([len(part) for part in parts], dtype=np.int64)
    means, variances = np.array([part.mean() for part in parts]), np.array([part.var() for part in parts])
    plan = planned(values, aim, np.searchsorted(values.different, bounds, side="left")[None])
    if not np.isfinite(plan.cv[0]) and (variances > 0).any():
        raise DesignError(
            "The units are too few for the strata to be taken whole and a sample of the others.", "Raise n=, or lower take_all=."
        )
    whole, exact, taken = _whole(plan.exact[0], sizes, count - int(plan.take_all[0]), aim, values.certain)
    error = np.sqrt((sizes**2 * variances * (1 / whole - 1 / sizes)).sum())
    mean_apart = float(x[apart].mean()) if apart.any() else float("nan")
    return StrataBoundaries(
        named[0],
        bounds,
        codes.astype(np.intp),
        sizes,
        whole,
        exact,
        means,
        variances,
        taken,
        (values.certain, mean_apart),
        float(x.mean()),
        float(error / values.total),
        named[1],
    )


def _whole(exact: Floats, sizes: Whole, sampled: int, aim: Aim, certain: int) -> tuple[Whole, Floats, int]:
    """Whole numbers, the exact ones, and how many strata are taken whole."""
    most = sizes.astype(np.float64)
    if aim.cv is not None:
        made = np.clip(np.ceil(exact - 1e-9), 1, most)
    else:
        assert aim.n is not None
        left = aim.n - certain - int(sizes[sampled:].sum())
        exact = exact.copy()
        if left < sampled:
            raise DesignError(
                "The units are too few for the strata to be taken whole and one in each other.", "Raise n=, or lower take_all=."
            )
        exact[:sampled] = fill_amount(exact[:sampled], np.ones(sampled), most[:sampled], np.ones(sampled), float(left))
        made = most.copy()
        made[:sampled] = largest_remainders(exact[:sampled], left, most[:sampled], most[:sampled], np.arange(sampled))
    return made.astype(np.int64), exact, len(sizes) - sampled
