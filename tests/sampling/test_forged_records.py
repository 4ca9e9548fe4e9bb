"""Records that somebody wrote or changed: with a hash that fits, entries of other types, and numbers of any size."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.errors import EvidencekitError, InputError
from evidencekit.sampling.drawing.record import _check

SECRET = "Ulica Lipowa 9"
LIST = pd.DataFrame({"unit": range(20), "size": range(1, 21), "area": ["a", "b"] * 10, "east": range(20)})
PLAIN = ek.Frame(LIST, id="unit")
CROSSED = ek.Frame(LIST, id="unit", size="size", strata="area")
DRAWS = {
    "plain": (PLAIN, ek.sampling.srs(PLAIN, 5, seed=1)),
    "balanced": (CROSSED, ek.sampling.cube(CROSSED, {"a": 4, "b": 6}, balance="east", seed=2)),
    "parted": (CROSSED, ek.sampling.releases(ek.sampling.split_psus(ek.sampling.pareto(CROSSED, {"a": 8, "b": 8}, seed=2)), 2).released(1)),
    "panel": (CROSSED, ek.sampling.panel_wave(CROSSED, {"a": 4, "b": 6}, seed=2, wave=3, rotation=0.25)),
}
JUNK: list[Any] = [None, True, False, 0, 1, -1, 3, 10**400, 2**63, 1e308, float("nan"), 0.5, "", "\ud800", SECRET, "cube"]
LISTS: list[Any] = [[], [[]], [1], ["a"], [["a"]], {}, [{}], [None]]


def _forged(made: dict[str, Any]) -> str:
    return json.dumps({**made, "check": _check(made)})


@pytest.mark.parametrize("which", DRAWS)
def test_no_forged_entry_passes_or_breaks(which: str) -> None:
    frame, draw = DRAWS[which]
    true = json.loads(draw.record.to_json())
    del true["check"]
    forged: list[dict[str, Any]] = [{**true, name: junk} for name in [*true, "more"] for junk in JUNK + LISTS if name != "library"]
    for h, part in enumerate(true["sizes"]):
        for name in [*part, "more"]:
            for junk in JUNK + LISTS:
                made = deepcopy(true)
                made["sizes"][h][name] = junk
                forged.append(made)
    for made in forged:
        # Wave 0 of a panel is the draw that its verb makes, and a draw whose releases all went out has a record too: these are true.
        honest = [true, {**true, "rotation": 0.5} if not true["wave"] else true, {**true, "through": 0}]
        if json.dumps(made, sort_keys=True) in [json.dumps(record, sort_keys=True) for record in honest]:
            continue
        with pytest.raises(EvidencekitError) as told:
            ek.sampling.verify(ek.sampling.Record.from_json(_forged(made)), frame)
        assert SECRET not in str(told.value)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, b"\xff", bytearray(b"[]"), None, 5, "", "null", "1e999", "[]"])
def test_what_is_no_record_is_refused(text: Any) -> None:
    with pytest.raises(InputError, match="not the record of a draw"):
        ek.sampling.Record.from_json(text)


@pytest.mark.parametrize(
    ("entry", "junk"), [("sizes", ()), ("sizes", "a"), ("parts", 1), ("releases", None), ("algorithm", []), ("serpentine", SECRET)]
)
def test_a_record_made_by_hand_is_refused(entry: str, junk: Any) -> None:
    made = replace(DRAWS["plain"][1].record, **{entry: junk})
    with pytest.raises(InputError, match="lacks entries") as told:
        ek.sampling.verify(made, PLAIN)
    assert SECRET not in str(told.value)
