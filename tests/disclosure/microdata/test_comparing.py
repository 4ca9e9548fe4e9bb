"""The risk before and after a plan is that of `risk`, with the weights of all people, whatever left the file."""

from __future__ import annotations

from typing import Any

import pytest
from protecting import people

from evidencekit.disclosure import microdata
from evidencekit.disclosure.microdata import All, Bands, DropColumns, Ladder, Plan, Pram, Recode, SuppressLocally, TopBottom, protect

SEED = 0x51C0FFEE_0DDBA11_5EED_9
KEYS = ("area", "sex", "age", "size")
PLAN = Plan(
    [
        Recode(column="age", ladder=Ladder([Bands((12, 14, 16, 18)), All()])),
        TopBottom(column="hours", k=8),
        Pram(column="sex", keep=0.9),
        SuppressLocally(k=3),
    ],
    keys=KEYS,
    weights="weight",
)


def test_a_measure_of_ones_own() -> None:
    seen: list[Any] = []

    def measure(data: Any, keys: Any, weights: Any) -> dict[str, float]:
        seen.append((len(data), tuple(keys), weights))
        return {"expected": 10.0 / len(seen)}

    plan = Plan([DropColumns(columns=["age", "weight"])], keys=KEYS, weights="weight")
    assert protect(people(), plan, risk=measure).risk == {"expected": (10.0, 5.0)}
    assert seen == [(60, KEYS, "weight"), (60, ("area", "sex", "size"), None)]


def test_risk_before_and_after_is_that_of_risk() -> None:
    frame = people(200)
    keys = list(KEYS)
    safe = protect(frame, PLAN, seed=SEED)
    for at, file in enumerate((frame, safe.data)):
        own = microdata.risk(file, keys=keys, weights="weight").to_frame().set_index("measure")["value"]
        assert {name: pair[at] for name, pair in safe.risk.items()} == pytest.approx({name: own[name] for name in safe.risk})
    assert 0 < safe.risk["risk, expected"][1] < safe.risk["risk, expected"][0]


def test_weights_count_where_they_were_dropped_and_where_they_are_no_people() -> None:
    frame = people(80)
    dropped = protect(frame, Plan([DropColumns(columns=["weight"])], keys=KEYS, weights="weight"))
    assert all(one == two for one, two in dropped.risk.values())
    scaled = frame.assign(weight=frame["weight"] / frame["weight"].mean())
    plain = protect(frame, Plan([], keys=KEYS))
    assert protect(scaled, Plan([], keys=KEYS, weights="weight")).risk == plain.risk
    assert plain.risk["risk, highest"] == (1.0, 1.0)


def test_without_a_key_left_nobody_is_told_apart() -> None:
    frame = people(50)
    safe = protect(frame, Plan([DropColumns(columns=["area", "sex"])], keys=["area", "sex"]))
    assert safe.risk["combinations"][1] == 1
    assert safe.risk["risk, highest"][1] == pytest.approx(1 / 50)
