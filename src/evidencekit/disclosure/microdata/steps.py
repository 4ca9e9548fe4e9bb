"""The steps of a plan, as data: what is done to a file before it leaves, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from evidencekit.disclosure.microdata.ladders import Ladder
from evidencekit.disclosure.microdata.patterns import MANY, MissingKeys
from evidencekit.errors import InputError, how_many

__all__ = ["Displace", "DropColumns", "Plan", "Pram", "Recode", "Step", "SuppressLocally", "TopBottom"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recode:
    """Recode a column to a rung of its ladder; see `recode`.

    Parameters
    ----------
    column : str
        The column.
    ladder : Ladder
        Its ever coarser codings.
    rung : int
        Which of them, counted from 1, the finest and the default: recode no further than risk asks for.

    Examples
    --------
    >>> from evidencekit.disclosure.microdata import Bands, Ladder, Recode
    >>> Recode(column="age", ladder=Ladder([Bands((12, 14, 16, 18)), Bands((12, 16, 18))]), rung=2).rung
    2
    """

    column: str
    ladder: Ladder
    rung: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class TopBottom:
    """Bring the ends of a column of numbers to thresholds; see `top_bottom`.

    Parameters
    ----------
    column : str
        A column of numbers.
    k : int
        How many records at least lie at or beyond each threshold, 2 or more; 10 by default, the rule of ten.
    sides : {"both", "top", "bottom"}
        Which end is coded, both by default.

    Examples
    --------
    >>> from evidencekit.disclosure.microdata import TopBottom
    >>> TopBottom(column="hours_online", k=20, sides="top")
    TopBottom(column='hours_online', k=20, sides='top')
    """

    column: str
    k: int = 10
    sides: Literal["both", "top", "bottom"] = "both"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressLocally:
    """Take out single values of the plan's keys until the file is k-anonymous; see `suppress_locally`.

    Parameters
    ----------
    k : int
        How many records at least match each record on the keys, itself included; 3 by default.
    importance : mapping of str to float
        What it costs to lose a value of a key; 1 where none is given.
    strata : sequence of str
        Columns within whose levels the file is to be k-anonymous, none by default; nothing is taken out of them.
    missing : {"matches any", "own category"}
        What a missing key matches: anything, by default, or only keys that are missing alike, which is stricter and takes more out.

    Raises
    ------
    InputError
        `importance` is no mapping.

    Examples
    --------
    >>> from evidencekit.disclosure.microdata import SuppressLocally
    >>> SuppressLocally(k=5, importance={"sex": 5}).k
    5
    """

    k: int = 3
    importance: Mapping[str, float] = field(default_factory=dict)
    strata: Sequence[str] = ()
    missing: MissingKeys = "matches any"

    def __post_init__(self) -> None:
        if not isinstance(self.importance, Mapping):
            raise InputError("importance= takes a mapping of keys to numbers.", 'For example importance={"sex": 5}.')
        object.__setattr__(self, "importance", MappingProxyType(dict(self.importance)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pram:
    """Change answers of a column at random and keep its (weighted) distribution; see `pram`.

    Parameters
    ----------
    column : str
        A column of categories.
    keep : float
        The probability of keeping a level before the matrix is made invariant, from 0 to 1; the rest goes to the others alike. 0.8 by
        default. The seed is passed to `protect`, since a plan is published and a seed is not.

    Examples
    --------
    >>> from evidencekit.disclosure.microdata import Pram
    >>> Pram(column="school", keep=0.9)
    Pram(column='school', keep=0.9)
    """

    column: str
    keep: float = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class DropColumns:
    """Leave columns out.

    Parameters
    ----------
    columns : sequence of str
        Their names. Steps before it may still use them.

    Examples
    --------
    >>> from evidencekit.disclosure.microdata import DropColumns
    >>> DropColumns(columns=["stratum", "psu"])
    DropColumns(columns=['stratum', 'psu'])
    """

    columns: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Displace:
    """Move the points of clusters; the only way for coordinates to leave. See `displace`.

    Parameters
    ----------
    cluster : str
        The column of sampling clusters. Their positions are put into one point first, so no household is placed.
    latitude, longitude : str
        Columns in decimal degrees (WGS 84).
    urban : str
        A column that says whether a cluster is urban, the same in all its rows: urban ones move up to 2 km, others up to 5, some up to 10.
    urban_level : object
        What it holds where a cluster is urban; True by default.
    area : str, optional
        A column with the area that a cluster is to stay in, such as its district; with `polygons`.
    polygons : mapping of level to shape, optional
        The outline of each area: a GeoJSON Polygon or MultiPolygon, or rings of (longitude, latitude).

    Examples
    --------
    >>> from evidencekit.disclosure.microdata import Displace
    >>> Displace(cluster="psu", latitude="lat", longitude="lon", urban="area", urban_level="urban").cluster
    'psu'
    """

    cluster: str
    latitude: str
    longitude: str
    urban: str
    urban_level: Any = True
    area: str | None = None
    polygons: Mapping[Any, Any] | None = field(default=None, repr=False)


Step = Recode | TopBottom | SuppressLocally | Pram | DropColumns | Displace
_STEPS = (Recode, TopBottom, SuppressLocally, Pram, DropColumns, Displace)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to a file before it leaves. It holds no seed and no answer, so it can be published with the file.

    Parameters
    ----------
    steps : sequence of steps
        `Recode`, `TopBottom`, `SuppressLocally`, `Pram`, `DropColumns`, `Displace`, in the order they are taken.
    keys : sequence of str
        The quasi-identifiers, at most 16: columns by which someone who knows a person could find her. Risk is measured on them.
    weights : str, optional
        The column of weights; it is left as it is.
    keep : sequence of str
        Columns that leave although they look as if they should not (many levels, dates, one number a row). A steward's decision, written
        into the log. It lets no free text and no coordinates pass.
    name : str
        What the plan is called.

    Raises
    ------
    InputError
        Something else than a step; keys that are no names or more than 16.

    Examples
    --------
    >>> from evidencekit.disclosure.microdata import Bands, DropColumns, Ladder, Plan, Recode, SuppressLocally
    >>> ages = Ladder([Bands((12, 14, 16, 18))])
    >>> Plan([Recode(column="age", ladder=ages), SuppressLocally(k=3), DropColumns(columns=["psu"])], keys=["province", "age", "sex"])
    Plan(3 steps, 3 keys)
    """

    steps: Sequence[Step]
    keys: Sequence[str] = field(default=(), kw_only=True)
    weights: str | None = field(default=None, kw_only=True)
    keep: Sequence[str] = field(default=(), kw_only=True)
    name: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if isinstance(self.steps, (str, bytes, *_STEPS)) or not isinstance(self.steps, Sequence):
            raise InputError("A plan takes a list of steps.", "For example Plan([DropColumns(columns=['name'])]).")
        if not all(isinstance(step, _STEPS) for step in self.steps):
            raise InputError(f"A step of a plan is one of {', '.join(kind.__name__ for kind in _STEPS)}.")
        for part in ("keys", "keep"):
            given = getattr(self, part)
            if isinstance(given, (str, bytes)) or not isinstance(given, Sequence) or not all(isinstance(n, str) for n in given):
                raise InputError(f"{part}= of a plan takes a list of column names.")
            object.__setattr__(self, part, tuple(given))
        if len(self.keys) > MANY or len(set(self.keys)) < len(self.keys):
            raise InputError(f"keys= of a plan takes up to {MANY} columns, each once.", "Take those that others can know of a person.")
        if not isinstance(self.name, str) or not (self.weights is None or isinstance(self.weights, str)):
            raise InputError("name= and weights= of a plan are texts.")
        if any(isinstance(step, SuppressLocally) for step in self.steps) and not self.keys:
            raise InputError("A plan with local suppression needs keys=.")
        object.__setattr__(self, "steps", tuple(self.steps))

    def __repr__(self) -> str:
        called = f"{self.name!r}, " if self.name else ""
        return f"Plan({called}{how_many(len(self.steps), 'step')}, {how_many(len(self.keys), 'key')})"
