"""The rules of the benchmark's form written by hand: as numpy masks, and as a pandera schema the way its documentation has it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from instrument_form import PARTS

Found = dict[str, Any]
PART = ("often", "who", "where", "age", "told")
CODES: dict[str, tuple[float, ...]] = {"yes_no": (0, 1, 98, 99), "often": (1, 2, 3, 4, 5, 98, 99), "who": (*range(1, 10), 98, 99)}
LISTS = {"sex": (1, 2, 3, 98, 99), "agree": CODES["yes_no"], "use": CODES["often"], "known": CODES["yes_no"], "used": CODES["yes_no"]}
LISTS |= {"alone": CODES["yes_no"], **{f"p{k}": CODES["yes_no"] for k in range(1, PARTS + 1)}}
LISTS |= {f"p{k}_{name}": CODES[of] for k in range(1, PARTS + 1) for name, of in (("often", "often"), ("who", "who"), ("told", "yes_no"))}
WHERE = {*"12345678", "99"}
BOUNDS: dict[str, tuple[float, float]] = {"area": (1, 200), "age": (12, 17), "minutes": (5, 240)}
UNTIL_AGE = ("first", *(f"p{k}_age" for k in range(1, PARTS + 1)))
ALWAYS = ("age", "sex", "agree")
AGREED = ("use", "first", "minutes", *(f"p{k}" for k in range(1, PARTS + 1)), "known", "used", "words")
OPTIONAL = ("first", "minutes", "known", "used", "words")  # asked, and may stay blank


def by_hand(frame: pd.DataFrame) -> Found:
    """Every rule as masks on numpy columns, to the positions of the rows that break it."""
    x = {name: frame[name].to_numpy() for name in frame.columns if frame[name].dtype == np.float64}
    blank = {name: np.isnan(column) for name, column in x.items()}
    found: Found = {}
    _selections(frame, x, blank, found)
    for name, (low, high) in BOUNDS.items():
        found[f"type:{name}"] = (np.trunc(x[name]) != x[name]) & ~blank[name]
        found[f"constraint:{name}"] = (x[name] < low) | (x[name] > high)
    for name in UNTIL_AGE:
        coded = (x[name] == 98) | (x[name] == 99)
        found[f"type:{name}"] = (np.trunc(x[name]) != x[name]) & ~blank[name] & ~coded
        found[f"constraint:{name}"] = (x[name] > x["age"]) & ~coded
    blank["words"] = frame["words"].isna().to_numpy()
    found["unique:key"] = frame["key"].duplicated(keep=False).to_numpy() & frame["key"].notna().to_numpy()
    _skips(x, blank, found)
    return {rule: np.flatnonzero(mask) for rule, mask in found.items()}


def _selections(frame: pd.DataFrame, x: Mapping[str, Any], blank: dict[str, Any], found: Found) -> None:
    for name, codes in LISTS.items():
        found[f"code:{name}"] = ~(np.isin(x[name], codes) | blank[name])
    for k in range(1, PARTS + 1):
        name = f"p{k}_where"
        at, levels = pd.factorize(frame[name])
        parts = [set(level.split()) for level in levels]
        blank[name] = at < 0
        found[f"code:{name}"] = np.array([*(not part <= WHERE for part in parts), False])[at]
        found[f"exclusive:{name}"] = np.array([*("99" in part and len(part) > 1 for part in parts), False])[at]


def _skips(x: Mapping[str, Any], blank: Mapping[str, Any], found: Found) -> None:
    for name in ALWAYS:
        found[f"required:{name}"] = blank[name]
    agreed = x["agree"] == 1
    for name in AGREED:
        asked = agreed & (x["known"] == 1) if name == "used" else agreed
        found[f"skip:{name}"] = ~asked & ~blank[name]
        if name not in OPTIONAL:
            found[f"required:{name}"] = asked & blank[name]
    for k in range(1, PARTS + 1):
        yes, often = x[f"p{k}"] == 1, x[f"p{k}_often"]
        more = often > 1
        for name in PART:
            asked = yes & more if name == "told" else yes
            found[f"skip:p{k}_{name}"] = ~asked & ~blank[f"p{k}_{name}"]
            if name in ("often", "age"):
                found[f"required:p{k}_{name}"] = asked & blank[f"p{k}_{name}"]
        sure = yes & more & (often != 98) & (often != 99)  # whether it was often is not known of those who did not say
        found[f"required:p{k}_told"] = sure & blank[f"p{k}_told"]


def nullable(frame: pd.DataFrame) -> pd.DataFrame:
    """The same answers with whole numbers as pandas' own nullable integers."""
    return frame.astype({name: "Int64" for name in frame.columns if frame[name].dtype == np.float64})


def pandera_schema(*, typed: bool = False, ignore_na: bool = True) -> Any:
    """The same rules for pandera: checks of columns where one is enough, checks of the frame for skips and comparisons.

    With `typed` every column has its type, ``Int64`` or ``str``, as pandera's documentation has them: for frames made by `nullable`. With
    `ignore_na`, pandera's default, every check of the frame looks for rows in which all columns are blank, which takes most of its time.
    """
    import pandera.pandas as pa

    def column(*checks: Any, unique: bool = False, nullable: bool = True, text: bool = False) -> Any:
        dtype = ("str" if text else "Int64") if typed else None
        return pa.Column(dtype, checks=list(checks), nullable=nullable, unique=unique)

    columns = {name: column(pa.Check.isin(codes, error=f"code:{name}"), nullable=name not in ALWAYS) for name, codes in LISTS.items()}
    tokens = re.compile(rf"(?:{'|'.join(sorted(WHERE))})(?: (?:{'|'.join(sorted(WHERE))}))*")
    lone = re.compile(r"99|(?!.*\b99\b).*")
    for k in range(1, PARTS + 1):
        whole, single = (pa.Check(_matching(p), error=f"{rule}:p{k}_where") for p, rule in ((tokens, "code"), (lone, "exclusive")))
        columns[f"p{k}_where"] = column(whole, single, text=True)
    for name, (low, high) in BOUNDS.items():
        checks = pa.Check(lambda s: s % 1 == 0, error=f"type:{name}"), pa.Check.in_range(low, high, error=f"constraint:{name}")
        columns[name] = column(*checks, nullable=name not in ALWAYS)
    columns |= {name: column(pa.Check(lambda s: s % 1 == 0, error=f"type:{name}")) for name in UNTIL_AGE}
    columns |= {"key": column(unique=True, text=True), "words": column(text=True)}
    return pa.DataFrameSchema(columns, checks=[pa.Check(work, error=rule, ignore_na=ignore_na) for rule, work in _of_frame().items()])


def _matching(pattern: re.Pattern[str]) -> Callable[[Any], Any]:
    return lambda s: s.str.fullmatch(pattern.pattern)


def _known(truth: pd.Series[Any]) -> pd.Series[Any]:
    """A comparison with what is not known as false, as plain columns have it."""
    return truth.fillna(value=False).astype(bool) if truth.dtype == "boolean" else truth


def _of_frame() -> dict[str, Callable[[pd.DataFrame], Any]]:
    made: dict[str, Callable[[pd.DataFrame], Any]] = {}

    def both(name: str, asked: Callable[[pd.DataFrame], Any], *, required: bool, sure: Callable[[pd.DataFrame], Any] | None = None) -> None:
        made[f"skip:{name}"] = lambda d: asked(d) | d[name].isna()
        if required:
            made[f"required:{name}"] = lambda d: ~((sure or asked)(d) & d[name].isna())

    for name in UNTIL_AGE:
        made[f"constraint:{name}"] = lambda d, name=name: ~(_known(d[name] > d["age"]) & ~d[name].isin([98, 99]))
    for name in AGREED:
        if name == "used":
            both(name, lambda d: _known((d["agree"] == 1) & (d["known"] == 1)), required=False)
        else:
            both(name, lambda d: _known(d["agree"] == 1), required=name not in OPTIONAL)
    for k in range(1, PARTS + 1):
        for name in PART[:-1]:
            both(f"p{k}_{name}", lambda d, k=k: _known(d[f"p{k}"] == 1), required=name in ("often", "age"))
        often = lambda d, k=k: _known((d[f"p{k}"] == 1) & (d[f"p{k}_often"] > 1))  # noqa: E731
        sure = lambda d, k=k, often=often: often(d) & ~d[f"p{k}_often"].isin([98, 99])  # noqa: E731
        both(f"p{k}_told", often, required=True, sure=sure)
    return made
