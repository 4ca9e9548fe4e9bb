"""A fictional national survey of children's experiences online, with the truth known.

Everything here is invented: the country (Lumora), its provinces, its children, their answers and every coefficient. No
number was fitted to, or copied from, a real survey, and none says anything about a real place. What is realistic is the
shape of the file: strata, areas, one child a household, unequal weights, non-response, skips and refusals.

**The country.** Six provinces, each urban and rural, make 12 strata with 2,400 enumeration areas. The number of
households with at least one eligible child (an internet user aged 12-17) in an area is lognormal (median 46, sigma
0.4), kept between 20 and 120; each has 1 to 4 eligible children (`_SIBLINGS`). That makes about 175,000 children.

**The answers.** Every yes/no item has a logistic model with a random effect of the enumeration area ``i``,
``logit P(yes) = base + sum(effect * x) + u_i`` with ``u_i ~ N(0, spread^2)``; the numbers are in the table `_ITEMS`.
`x` may be girl, age (years from 14.5), urban, province (`_PROVINCES`), siblings (other eligible children in the
household) or an item above it in the table. On the logit scale the intra-cluster correlation is
``spread^2 / (spread^2 + pi^2 / 3)``. Hours online are ``exp(0.7 + 0.35 daily + 0.05 age + 0.1 urban - 0.05 siblings +
u_i + e)``, ``u_i ~ N(0, 0.15^2)``, ``e ~ N(0, 0.5^2)``, kept between 0.1 and 16, to two decimals.

**The sample** is stratified and two-stage. Areas are shared among strata by the square root of their number and chosen
by systematic sampling, in random order, with probability proportional to ``M_i``, an outdated count of households (the
count times a lognormal error, sigma 0.15, kept between 15 and 150). In each, ``m = 12`` of the ``L_i`` listed
households are chosen at random, and one of the ``k`` eligible children in each. A child answers with the probability
``expit(2.9 - 0.7 urban + 0.4 z_i)``, ``z_i ~ N(0, 1)``, kept between 0.75 and 0.98. It depends on the area alone, so
response is ignorable given the weights; ``r_i`` of the 12 answer, about 92 % in all. The weight is the inverse
probability of selection times the non-response adjustment,

    ``w = M_h / (n_h M_i) * L_i / m * k * m / r_i``

with ``n_h`` areas chosen in stratum ``h`` and ``M_h`` the sum of its ``M_i``, so weights add up to an estimate of the
number of children. "Don't know" and "prefer not to say" fall at random among those asked (`_UNANSWERED`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from evidencekit.errors import InputError
from evidencekit.frames import Dataset
from evidencekit.missingness import Missing, MissingCode

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FictionalSurvey", "national_population", "national_survey"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
TruthKey = str | tuple[str, str, str]


class _Item(NamedTuple):
    """The logistic model of a yes/no item; `asked_if` names the item that must be yes first."""

    base: float
    effects: Mapping[str, float]
    spread: float
    asked_if: str = ""


# Enumeration areas in towns, those elsewhere, and what an item's `province` effect is multiplied by.
_PROVINCES = {
    "Amber Coast": (420, 180, 1.0),
    "Blue Hills": (120, 280, -1.0),
    "Cedar Plains": (160, 240, -0.3),
    "Delta Lowlands": (240, 220, 0.4),
    "Eastlake": (200, 160, 0.2),
    "Far Isles": (60, 120, -0.6),
}
_ITEMS = {
    "school": _Item(2.7, {"age": -0.35, "urban": 0.5, "siblings": -0.25, "girl": 0.1}, 0.5),
    "internet_daily": _Item(0.6, {"age": 0.2, "urban": 0.9, "siblings": -0.2, "province": 0.3}, 0.5),
    "knows_where_to_report": _Item(-1.1, {"school": 0.8, "age": 0.1, "urban": 0.4, "siblings": -0.3}, 0.6),
    "helpline_aware": _Item(-1.3, {"knows_where_to_report": 1.1, "girl": 0.15, "school": 0.3, "province": 0.25}, 0.45),
    "any_contact_unwanted": _Item(
        -2.3, {"girl": 0.55, "age": 0.18, "internet_daily": 0.45, "urban": 0.15, "siblings": -0.3, "province": 0.1}, 0.5
    ),
    "asked_for_image": _Item(0.15, {"girl": 0.3, "age": 0.1}, 0.35, "any_contact_unwanted"),
    "image_shared": _Item(-3.6, {"any_contact_unwanted": 1.9, "girl": 0.1, "age": 0.1}, 0.3),
    "knew_sender": _Item(0.25, {"age": -0.1, "school": 0.2}, 0.3, "any_contact_unwanted"),
    "told_someone": _Item(-0.05, {"girl": 0.35, "knows_where_to_report": 0.6}, 0.35, "any_contact_unwanted"),
    "reported": _Item(-2.1, {"knows_where_to_report": 0.9, "helpline_aware": 0.6}, 0.2, "told_someone"),
}
_FOLLOW_UPS = ("knew_sender", "told_someone", "reported")  # asked only after a yes to the item in `asked_if`; 1/2
_SIBLINGS = np.cumsum([0.64, 0.27, 0.07])  # P(1), P(1 or 2), P(1, 2 or 3) eligible children in a household
_UNANSWERED = {"image_shared": (0.03, 0.04), "knew_sender": (0.05, 0.06)}  # shares of don't know, prefer not to say
_DONT_KNOW, _REFUSED, _NOT_ASKED = 97, 98, 99
_HOUSEHOLDS, _RESPONSE = 12, 0.92  # taken in each area; the share expected to answer
_LABELS = {
    "province": "Province",
    "area": "Type of place",
    "stratum": "Sampling stratum (province by type of place)",
    "psu": "Enumeration area, numbered within its stratum",
    "weight": "Survey weight",
    "eligible_children": "Internet-using children aged 12-17 in the household",
    "sex": "Sex of the child",
    "age": "Age in completed years",
    "age_group": "Age group",
    "school": "Goes to school",
    "internet_daily": "Goes online every day",
    "hours_online": "Hours online on a usual day",
    "knows_where_to_report": "Knows where to report an upsetting experience online",
    "helpline_aware": "Has heard of the child helpline",
    "any_contact_unwanted": "Received unwanted sexual messages or requests online, past 12 months",
    "asked_for_image": "Received an unwanted request online for a sexual image, past 12 months",
    "image_shared": "Had a private image shared online without permission, past 12 months",
    "knew_sender": "Knew the sender in person (asked after unwanted contact)",
    "told_someone": "Told someone about it (asked after unwanted contact)",
    "reported": "Told a platform, the police, a helpline or a social worker (asked of those who told someone)",
}


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class FictionalSurvey:
    """A sample of a fictional country's children, and what is true of all of them.

    Make a Survey from `data`: it has the labels and the missing codes. In the bare `frame` 97 to 99 are numbers like others.

    Parameters
    ----------
    frame : pandas.DataFrame
        One row an interview; the columns are those of `labels`.
    truth : mapping
        Exact values in the whole population. The key is an indicator, or ``(indicator, column, level)`` with the column
        one of sex, age_group, area and province. A yes/no column has the share of "yes" among the children it is asked
        of; ``hours_online`` the mean, ``hours_online_median`` the median; ``children`` the number of children.
    labels, value_labels, missing : mapping
        As in `Dataset`, by column. In columns without missing codes, NaN means not asked.
    population : str
        The population the sample is from, in words.
    seed : int
        What all of it was made from.

    Examples
    --------
    >>> from evidencekit.fictional import national_survey
    >>> survey = national_survey()
    >>> survey
    FictionalSurvey(1,996 interviews, 180 PSUs, 12 strata, seed=2026)
    >>> round(survey.truth["asked_for_image"], 3), round(survey.truth["asked_for_image", "sex", "girl"], 3)
    (0.089, 0.114)
    >>> survey.data
    Dataset(1,996 rows, 20 columns, 2 with missing codes)
    """

    frame: pd.DataFrame
    truth: Mapping[TruthKey, float] = field(kw_only=True)
    labels: Mapping[str, str] = field(kw_only=True)
    value_labels: Mapping[str, Mapping[Any, str]] = field(kw_only=True)
    missing: Mapping[str, Mapping[MissingCode, Missing]] = field(kw_only=True)
    population: str = field(kw_only=True)
    seed: int = field(kw_only=True)

    @property
    def data(self) -> Dataset:
        """The sample with its labels, value labels and kinds of missing, as `evidencekit.read` would return it."""
        return Dataset(self.frame, self.labels, self.value_labels, self.missing)

    def __repr__(self) -> str:
        units, strata = len(self.frame[["stratum", "psu"]].drop_duplicates()), self.frame["stratum"].nunique()
        return f"FictionalSurvey({len(self.frame):,} interviews, {units} PSUs, {strata} strata, seed={self.seed})"


def national_survey(*, seed: int = 2026, interviews: int = 2000) -> FictionalSurvey:
    """Draw a national household survey of internet-using children in an invented country.

    The module's docstring has the model, the sampling design and the formula of the weights. The design is weights
    ``weight``, strata ``stratum`` and first-stage units ``psu``, which are numbered afresh in every stratum.

    Parameters
    ----------
    seed : int, default 2026
        Makes the country and the sample; the country does not depend on `interviews`.
    interviews : int, default 2000
        About how many children are to answer, from 300 to 4,000. Non-response decides how many do.

    Returns
    -------
    FictionalSurvey
        The sample, its labels and kinds of missing, and the population values.

    Raises
    ------
    InputError
        If `seed` is negative, or `interviews` is not between 300 and 4,000.

    Examples
    --------
    >>> import evidencekit as ek
    >>> ek.fictional.national_survey(seed=1, interviews=600).data
    Dataset(618 rows, 20 columns, 2 with missing codes)
    """
    if not 300 <= interviews <= 4000:
        raise InputError(f"interviews={interviews} cannot be drawn.", "Ask for 300 to 4,000 interviews.")
    country = _country(seed)
    rng = np.random.default_rng([seed, 1])  # apart from the country's, so that a larger sample is of the same country
    rows, psu, weight = _sample(country, rng, interviews)
    columns = _columns(country, rows) | {"psu": psu, "weight": weight}
    for name, (dont_know, refused) in _UNANSWERED.items():
        chance = np.where(columns[name] == _NOT_ASKED, 1.0, rng.random(rows.size))
        unanswered = [chance < dont_know, chance < dont_know + refused]
        columns[name] = np.select(unanswered, [_DONT_KNOW, _REFUSED], columns[name])

    import pandas as pd

    return FictionalSurvey(
        pd.DataFrame({name: columns[name] for name in _LABELS}),
        truth=_truth(seed),
        labels=MappingProxyType(_LABELS.copy()),
        value_labels=MappingProxyType(_value_labels()),
        missing=MappingProxyType({name: _kinds(name) for name in _UNANSWERED}),
        population="internet-using children aged 12-17 in Lumora (an invented country)",
        seed=seed,
    )


def national_population(*, seed: int = 2026) -> pd.DataFrame:
    """List every child of the invented country, with the answers each would give.

    It is the population `national_survey` samples with the same seed: to draw other samples from, or to find the true
    value for a group that `FictionalSurvey.truth` does not have.

    Parameters
    ----------
    seed : int, default 2026
        The country's seed.

    Returns
    -------
    pandas.DataFrame
        One row a child: ``area_number`` and ``household``, each unique in the country, and the columns of the survey
        except psu and weight. Every question asked is answered; NaN and 99 mark those not asked.

    Raises
    ------
    InputError
        If `seed` is negative.

    Examples
    --------
    >>> from evidencekit.fictional import national_population
    >>> children = national_population()
    >>> children["household"].nunique() < len(children) < 200_000
    True
    """
    import pandas as pd

    country = _country(seed)
    columns = _columns(country, np.arange(country.household.size))
    units = {"area_number": country.place[country.household] + 1, "household": country.household + 1}
    return pd.DataFrame(units | {name: columns[name] for name in _LABELS if name in columns})


class _Country(NamedTuple):
    """The finite population: enumeration areas, their households, the households' eligible children.

    Arrays by area: `stratum`, `listed` (households). By household: `place` (its area), `eligible`. By child:
    `household`, `age`, `hours` and `yes` (item to 0/1). Numbers start at 0.
    """

    stratum: Ints
    listed: Ints
    place: Ints
    eligible: Ints
    household: Ints
    age: Ints
    hours: Floats
    yes: Mapping[str, Floats]


def _country(seed: int) -> _Country:
    """Make the population: places, then households, then children, then their answers."""
    if seed < 0:
        raise InputError(f"seed={seed} is negative.", "Use zero or a positive whole number.")
    rng = np.random.default_rng([seed, 0])
    areas = np.array([n for p in _PROVINCES.values() for n in p[:2]])
    stratum = np.repeat(np.arange(areas.size), areas)
    listed = np.clip(np.rint(rng.lognormal(np.log(46.0), 0.4, stratum.size)), 20, 120).astype(np.int64)
    place = np.repeat(np.arange(stratum.size), listed)
    eligible = 1 + np.searchsorted(_SIBLINGS, rng.random(place.size), side="right").astype(np.int64)
    household = np.repeat(np.arange(place.size), eligible)
    age = rng.integers(12, 18, household.size)
    at = place[household]  # the area each child lives in
    shift: Floats = np.repeat([p[2] for p in _PROVINCES.values()], 2)
    yes: dict[str, Floats] = {
        "girl": (rng.random(household.size) < 0.49).astype(np.float64),
        "age": np.asarray(age - 14.5, dtype=np.float64),
        "urban": (stratum[at] % 2 == 0).astype(np.float64),
        "province": shift[stratum[at]],
        "siblings": np.asarray(eligible[household] - 1.0, dtype=np.float64),
    }
    for name, item in _ITEMS.items():
        score = item.base + item.spread * rng.standard_normal(stratum.size)[at]
        for x, effect in item.effects.items():
            score += effect * yes[x]
        answer = (rng.random(score.size) < 1 / (1 + np.exp(-score))).astype(np.float64)
        yes[name] = answer * yes[item.asked_if] if item.asked_if else answer
    log_hours = 0.7 + 0.35 * yes["internet_daily"] + 0.05 * yes["age"] + 0.1 * yes["urban"] - 0.05 * yes["siblings"]
    log_hours += 0.15 * rng.standard_normal(stratum.size)[at] + 0.5 * rng.standard_normal(household.size)
    hours = np.asarray(np.round(np.clip(np.exp(log_hours), 0.1, 16.0), 2), dtype=np.float64)
    return _Country(stratum, listed, place, eligible, household, age, hours, yes)


def _sample(country: _Country, rng: np.random.Generator, interviews: int) -> tuple[Ints, Ints, Floats]:
    """Draw areas, households, children and response: the children who answer, their PSU numbers and weights."""
    chosen, number, weight_of_area = _areas(country, rng, interviews)
    # Households of the chosen areas in random order within their area; the first twelve are visited.
    order = np.full(country.stratum.size, -1)
    order[chosen] = np.arange(chosen.size)
    household = np.flatnonzero(order[country.place] >= 0)
    shuffled = household[np.lexsort((rng.random(household.size), order[country.place[household]]))]
    first = np.cumsum(country.listed[chosen]) - country.listed[chosen]
    visited = shuffled[(first[:, None] + np.arange(_HOUSEHOLDS)).ravel()]
    draw = np.repeat(np.arange(chosen.size), _HOUSEHOLDS)
    first_child = np.cumsum(country.eligible) - country.eligible
    child = first_child[visited] + (rng.random(visited.size) * country.eligible[visited]).astype(np.int64)
    score = 2.9 - 0.7 * (country.stratum[chosen] % 2 == 0) + 0.4 * rng.standard_normal(chosen.size)
    answers = rng.random(child.size) < np.clip(1 / (1 + np.exp(-score)), 0.75, 0.98)[draw]
    visited, child, draw = visited[answers], child[answers], draw[answers]
    weight = (weight_of_area * country.listed[chosen])[draw] * country.eligible[visited] / np.bincount(draw)[draw]
    return child, number[draw], weight


def _areas(country: _Country, rng: np.random.Generator, interviews: int) -> tuple[Ints, Ints, Floats]:
    """Choose areas proportionally to size: which, their numbers in the stratum, their inverse probabilities."""
    size = np.clip(np.rint(country.listed * rng.lognormal(0.0, 0.15, country.listed.size)), 15, 150)
    share = np.sqrt(np.bincount(country.stratum))
    wanted = np.maximum(2, np.rint(interviews / (_HOUSEHOLDS * _RESPONSE) * share / share.sum())).astype(np.int64)
    drawn: list[Ints] = []
    for h, n in enumerate(wanted):
        members = rng.permutation(np.flatnonzero(country.stratum == h))
        reach = np.cumsum(size[members])
        points = (rng.random() + np.arange(n)) * reach[-1] / n
        drawn.append(np.sort(members[np.searchsorted(reach, points, side="right")]))
    chosen = np.concatenate(drawn)
    inverse = (np.bincount(country.stratum, weights=size) / wanted)[country.stratum[chosen]] / size[chosen]
    return chosen, np.concatenate([np.arange(1, n + 1) for n in wanted]), inverse


def _columns(country: _Country, rows: Ints) -> dict[str, NDArray[Any]]:
    """Codes as a data file has them, for the children in `rows`."""
    household = country.household[rows]
    stratum = country.stratum[country.place[household]]
    yes = {name: country.yes[name][rows] for name in ("girl", *_ITEMS)}
    columns: dict[str, NDArray[Any]] = {
        "province": np.array(list(_PROVINCES))[stratum // 2],
        "area": np.where(stratum % 2 == 0, "urban", "rural"),
        "stratum": stratum + 1,
        "eligible_children": country.eligible[household],
        "sex": np.where(yes["girl"] == 1, "girl", "boy"),
        "age": country.age[rows],
        "age_group": np.where(country.age[rows] < 15, "12-14", "15-17"),
        "hours_online": country.hours[rows],
    }
    columns |= {name: yes[name].astype(np.int64) for name in _ITEMS}
    for name in _FOLLOW_UPS:
        columns[name] = np.where(yes[_ITEMS[name].asked_if] == 1, 2 - columns[name], _NOT_ASKED if name in _UNANSWERED else np.nan)
    return columns


@lru_cache(maxsize=8)
def _truth(seed: int) -> Mapping[TruthKey, float]:
    """Compute every indicator in the population, for all children and by group; kept, since it takes longer than the sample."""
    country = _country(seed)
    columns = _columns(country, np.arange(country.household.size))
    groups: list[tuple[tuple[str, str] | None, NDArray[np.bool_]]] = [(None, country.age > 0)]
    for by in ("sex", "age_group", "area", "province"):
        groups += [((by, str(level)), columns[by] == level) for level in np.unique(columns[by])]
    truth: dict[TruthKey, float] = {}
    for cell, inside in groups:
        h = country.hours[inside]
        values = {"children": float(h.size), "hours_online": float(h.mean()), "hours_online_median": float(np.median(h))}
        for name in _ITEMS:
            asked = inside & (country.yes[_ITEMS[name].asked_if] == 1) if name in _FOLLOW_UPS else inside
            values[name] = float(country.yes[name][asked].mean())
        truth |= {(name, *cell) if cell else name: value for name, value in values.items()}
    return MappingProxyType(truth)


def _kinds(name: str) -> Mapping[MissingCode, Missing]:
    """Kinds of missing by code, for a column that has codes for them."""
    kinds: dict[MissingCode, Missing] = {_DONT_KNOW: Missing.DONT_KNOW, _REFUSED: Missing.REFUSED}
    return MappingProxyType(kinds | {_NOT_ASKED: Missing.NOT_ASKED} if name in _FOLLOW_UPS else kinds)


def _value_labels() -> dict[str, Mapping[Any, str]]:
    """Labels of codes by column."""
    strata = enumerate([f"{name}, {area}" for name in _PROVINCES for area in ("urban", "rural")], 1)
    labels: dict[str, Mapping[Any, str]] = {"stratum": MappingProxyType(dict(strata))}
    for name in _ITEMS:
        codes: dict[Any, str] = {1: "yes", 2: "no"} if name in _FOLLOW_UPS else {0: "no", 1: "yes"}
        if name in _UNANSWERED:
            codes |= {code: kind.value for code, kind in _kinds(name).items()}
        labels[name] = MappingProxyType(codes)
    return labels
