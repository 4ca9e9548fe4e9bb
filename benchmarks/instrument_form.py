"""An invented form of 60 items with 169 rules, its answers, and its rules written by hand: numpy masks, and a pandera schema.

Eight parts of six questions each follow one yes-or-no question; the rest opens and closes the interview. The wording is empty on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import evidencekit as ek

SEED, PARTS = 20, 8
KINDS = {98: ek.Missing.DONT_KNOW, 99: ek.Missing.REFUSED}


def listed(name: str, count: int, start: int = 1) -> ek.Choices:
    """A list of so many codes, and the two kinds of missing."""
    return ek.Choices(name, {k: f"{name} {k}" for k in (*range(start, start + count), 98, 99)}, missing=KINDS)


YES_NO, OFTEN, WHO = listed("yes_no", 2, 0), listed("often", 5), listed("who", 9)
WHERE = ek.Choices("where", {**{k: f"where {k}" for k in range(1, 9)}, 99: "no answer"}, missing={99: ek.Missing.REFUSED})
ROLE = "direct-identifier"


def form() -> ek.Instrument:
    """The form."""
    item: Callable[..., ek.Item] = ek.Item
    agreed = "${agree} = 1"
    items = [
        item("key", "text", role=ROLE),
        item("area", "integer", constraint=". >= 1 and . <= 200"),
        item("age", "integer", required=True, constraint=". >= 12 and . <= 17"),
        item("sex", "select_one", choices=listed("sex", 3), required=True),
        item("agree", "select_one", choices=YES_NO, required=True),
        item("use", "select_one", choices=OFTEN, required=True, relevant=agreed),
        item("first", "integer", relevant=agreed, constraint=". <= ${age}", missing=KINDS),
        item("minutes", "integer", relevant=agreed, constraint=". >= 5 and . <= 240"),
    ]
    for k in range(1, PARTS + 1):
        follow = f"${{p{k}}} = 1"
        items += [
            item(f"p{k}", "select_one", choices=YES_NO, required=True, relevant=agreed),
            item(f"p{k}_often", "select_one", choices=OFTEN, required=True, relevant=follow),
            item(f"p{k}_who", "select_one", choices=WHO, relevant=follow),
            item(f"p{k}_where", "select_multiple", choices=WHERE, relevant=follow),
            item(f"p{k}_age", "integer", required=True, relevant=follow, constraint=". <= ${age}", missing=KINDS),
            item(f"p{k}_told", "select_one", choices=YES_NO, required=True, relevant=f"{follow} and ${{p{k}_often}} > 1"),
        ]
    items += [
        item("known", "select_one", choices=YES_NO, relevant=agreed),
        item("used", "select_one", choices=YES_NO, relevant=f"{agreed} and ${{known}} = 1"),
        item("words", "text", relevant=agreed),
        item("alone", "select_one", choices=YES_NO),
    ]
    return ek.Instrument("bench", items, version="1")


def answers(rows: int, share: float = 0.0) -> pd.DataFrame:
    """Answers that keep every rule, then a share of the cells of each column spoilt: a code that is none, or a blank."""
    rng = np.random.default_rng(SEED)
    made: dict[str, Any] = {
        "key": [f"R{k:07d}" for k in range(rows)],
        "area": rng.integers(1, 201, rows).astype(float),
        "age": rng.integers(12, 18, rows).astype(float),
        "sex": rng.choice([1.0, 2, 3, 99], rows, p=[0.49, 0.48, 0.02, 0.01]),
        "agree": rng.choice([1.0, 0], rows, p=[0.97, 0.03]),
    }
    agreed = made["agree"] == 1
    some = {"often": [1, 2, 3, 4, 5, 98, 99], "who": [*range(1, 10), 98, 99], "yes_no": [1, 0, 98, 99]}

    def of(codes: list[int], where: Any) -> Any:
        return np.where(where, rng.choice(np.array(codes, dtype=float), rows), np.nan)

    def until_age(where: Any) -> Any:
        return np.where(where, np.minimum(rng.integers(5, 18, rows), made["age"]), np.nan)

    made |= {"use": of(some["often"], agreed), "first": until_age(agreed), "minutes": np.where(agreed, rng.integers(5, 241, rows), np.nan)}
    for k in range(1, PARTS + 1):
        made[f"p{k}"] = np.where(agreed, rng.choice([1.0, 0, 98, 99], rows, p=[0.12, 0.8, 0.04, 0.04]), np.nan)
        yes = made[f"p{k}"] == 1
        made |= {f"p{k}_often": of([1, 2, 3, 4, 5], yes), f"p{k}_who": of(some["who"], yes)}
        ticked = rng.random((rows, 8)) < 0.2
        ticked[np.arange(rows), rng.integers(0, 8, rows)] = True
        written = np.array([" ".join(str(c + 1) for c in range(8) if mask >> c & 1) for mask in range(256)], dtype=object)
        made[f"p{k}_where"] = np.where(yes, written[ticked @ (1 << np.arange(8))], None)
        made |= {f"p{k}_age": until_age(yes), f"p{k}_told": of(some["yes_no"], yes & (made[f"p{k}_often"] > 1))}
    made["known"] = of(some["yes_no"], agreed)
    made["used"] = of(some["yes_no"], agreed & (made["known"] == 1))
    made["words"] = np.where(agreed & (rng.random(rows) < 0.1), "some words", None)
    made["alone"] = of([1, 0], np.ones(rows, dtype=bool))
    for name, values in made.items():
        spoilt = np.flatnonzero(rng.random(rows) < share)
        half = spoilt.size // 2
        if name == "key":
            made[name] = np.array(values, dtype=object)
            made[name][spoilt[:20]] = values[0]
        elif values.dtype == float:
            values[spoilt[:half]], values[spoilt[half:]] = 777, np.nan
        else:
            values[spoilt] = "1 99" if name.endswith("where") else "some words"
    numbers = {name: isinstance(v, np.ndarray) and v.dtype == np.float64 for name, v in made.items()}
    return pd.DataFrame({name: v if numbers[name] else pd.Series(v, dtype="str") for name, v in made.items()})
