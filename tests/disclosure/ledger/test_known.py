"""What a reader knows, against every table of whole numbers that agrees with what was released."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.disclosure.ledger import Band, Ledger, Number, PublishedTable, audit, count, hidden, known, percent, rounded
from evidencekit.errors import InputError

VARIABLES = ("a", "b", "c")
ATOMS = list(product((0, 1), repeat=3))


def every_table(total: int) -> np.ndarray:
    """All ways to part `total` people into the atoms."""
    bars = np.array(list(combinations(range(total + len(ATOMS) - 1), len(ATOMS) - 1)))
    edges = np.column_stack([np.full(len(bars), -1), bars, np.full(len(bars), total + len(ATOMS) - 1)])
    return np.diff(edges, axis=1) - 1


TABLES = {total: every_table(total) for total in range(1, 7)}


def members(group: dict[str, int]) -> np.ndarray:
    return np.array([all(atom[VARIABLES.index(v)] == level for v, level in group.items()) for atom in ATOMS])


groups = st.dictionaries(st.sampled_from(VARIABLES), st.integers(0, 1), max_size=3)


@st.composite
def releases(draw: st.DrawFn) -> tuple[Ledger, np.ndarray]:
    """Some tables about a few people, and every table of atoms that agrees with all their numbers, worked out from the rules alone."""
    total = draw(st.integers(1, 6))
    truth = TABLES[total][draw(st.integers(0, len(TABLES[total]) - 1))]
    keep = np.ones(len(TABLES[total]), dtype=bool)
    ways = [(hidden({v: 0}), hidden({v: 1})) for v in VARIABLES]
    ledger = Ledger().with_(PublishedTable(title="levels", universe="u", cells=[*sum(ways, ())], beside=[count({}, total)]))
    for _ in range(draw(st.integers(1, 3))):
        cells: list[Number] = []
        for _ in range(draw(st.integers(1, 3))):
            group = draw(groups)
            value = int(truth @ members(group))
            every = TABLES[total] @ members(group)
            kind = draw(st.sampled_from(["count", "nearest", "random", "percent", "hidden", "told"]))
            if kind == "count":
                cells.append(count(group, value))
                keep &= every == value
            elif kind == "nearest":
                shown = 3 * round(value / 3)
                cells.append(rounded(group, shown, base=3))
                keep &= np.abs(every - shown) <= 1
            elif kind == "random":
                shown = 3 * (value // 3 + draw(st.integers(0, int(value % 3 > 0))))
                cells.append(rounded(group, shown, base=3, how="random"))
                keep &= np.abs(every - shown) <= 2
            elif kind == "percent":
                of = {v: level for v, level in group.items() if draw(st.booleans())}
                base = int(truth @ members(of))
                if base:
                    shown = round(100 * value / base)
                    cells.append(percent(group, shown, of=of))
                    bases = TABLES[total] @ members(of)
                    keep &= bases > 0  # a percentage is of somebody
                    keep &= (200 * every <= (2 * shown + 1) * bases) & (200 * every >= (2 * shown - 1) * bases)
            elif kind == "told":
                cells.append(hidden(group, below=value + 1))
                keep &= every <= value
            else:
                cells.append(hidden(group))
        if cells:
            ledger = ledger.with_(PublishedTable(title="more", universe="u", cells=cells, complete={}))
    return ledger, TABLES[total][keep]


@given(releases(), groups)
@settings(max_examples=100, deadline=None)
def test_the_same_intervals_as_from_every_table(made: tuple[Ledger, np.ndarray], group: dict[str, Any]) -> None:
    agree(*made, group)


@pytest.mark.slow
@given(releases(), groups)
@settings(max_examples=800, deadline=None)
def test_the_same_intervals_many_times(made: tuple[Ledger, np.ndarray], group: dict[str, Any]) -> None:
    agree(*made, group)


def agree(ledger: Ledger, every: np.ndarray, group: dict[str, Any]) -> None:
    values = every @ members(group)
    assert known(ledger, group, universe="u") == (values.min(), values.max())


def narrow(values: np.ndarray, hides: bool) -> bool:
    """The rule with a threshold of 4 and a width of 2, on every number that a group can have."""
    least = max(values.min(), 1) if hides else values.min()
    return least >= 1 and 1 <= values.max() < 4 and values.max() - least < 2


@pytest.mark.slow
@given(releases())
@settings(max_examples=30, deadline=None)
def test_nothing_that_is_narrow_passes(made: tuple[Ledger, np.ndarray]) -> None:
    """Groups shown, hidden and their differences, with what every table of atoms says of them, before and after the last release."""
    ledger, every = made
    *before, new = ledger.entries
    old = Ledger(None, tuple(before))
    if not before:
        return
    caught = audit(new, old, threshold=4, width=2, zeros="pass", remedy=False, intervals=True)
    shown = [
        (number.kind == "hidden", tuple(group.parts))
        for table in ledger.entries
        for _, number in table.numbers
        for group in (number.group, number.of)
        if group is not None
    ]
    masks = [(hides, members({v: levels[0] for v, levels in parts})) for hides, parts in shown]
    masks += [(False, a & ~b) for h, a in masks for g, b in masks if not h and not g and (a | b == a).all() and (a != b).any()]
    tight = []
    for hides, mask in masks:
        values = every @ mask
        group_known = narrow(values, hides)
        if group_known:
            tight.append((values.min(), values.max(), mask))
    if caught.verdict == "pass":
        # Whatever is still narrow was as narrow before: its interval from the earlier tables alone is the same.
        assert all((low, high) == outer(old, mask) for low, high, mask in tight)
    failing = [found.interval for found in caught.findings if found.status == "fail"]
    assert all(found is not None and found[1] is not None and max(found[0], 1) <= found[1] < 4 for found in failing)


def outer(ledger: Ledger, mask: np.ndarray) -> tuple[int, int]:
    """The interval of a sum of atoms, as that of everyone less the others where it is no group."""
    from evidencekit.disclosure.ledger.linking import linked

    asked = PublishedTable(title="q", universe="u", cells=[hidden(dict(zip(VARIABLES, atom, strict=True))) for atom in ATOMS], complete={})
    made = linked([*ledger.entries, asked], names=["x"] * (len(ledger) + 1), settled=len(ledger))
    atoms = [next(iter(one.group.atoms.values())) for one in made.shown if one.owner[0] == len(ledger)]
    system = made.system(tables=range(len(ledger)))
    low, high = system.interval(np.concatenate([atom for atom, wanted in zip(atoms, mask, strict=True) if wanted]))
    return int(low), int(high)


def test_ten_questions_by_the_same_groups_stay_small() -> None:
    """Crossed with one another they would part people into three million groups."""
    ledger = Ledger()
    for q in range(10):
        cells = [(count({"sex": s, "age": a}, 60), count({"sex": s, "age": a, f"q{q}": 1}, 20 + q)) for s in (0, 1) for a in range(6)]
        ledger = ledger.with_(PublishedTable(title=f"q{q}", universe="u", cells=cells, complete={"age": range(6), "sex": (0, 1)}))
    assert known(ledger, {"sex": 0, "q3": 1}, universe="u") == (138, 138)
    assert known(ledger, {"q3": 1}, universe="u") == (276, 276)


def test_questions_that_share_no_variable_share_the_people() -> None:
    one = PublishedTable(title="one", universe="u", cells=[count({"sex": 0}, 60), count({"sex": 1}, 40)])
    two = PublishedTable(title="two", universe="u", cells=[count({"told": "yes"}, 70), hidden({"told": "no"})])
    assert known(Ledger().with_(one).with_(two), {"told": "no"}, universe="u") == (30, 30)


def test_bands_are_split_where_they_end() -> None:
    one = PublishedTable(title="one", universe="u", cells=[count({"age": Band(12, 15)}, 60), count({"age": Band(15, 18)}, 70)])
    two = PublishedTable(title="two", universe="u", cells=[count({"age": (13, 14)}, 41)], complete={})
    ledger = Ledger().with_(one).with_(two)
    assert known(ledger, {"age": 12}, universe="u") == (19, 19)
    assert known(ledger, {"age": Band(13, 18)}, universe="u") == (111, 111)
    assert known(ledger, {"age": 17}, universe="u") == (0, 70)
    assert known(ledger, {"age": Band(18, None)}, universe="u") == (0, 0)


def test_what_nothing_limits_has_no_largest() -> None:
    ledger = Ledger().with_(PublishedTable(title="one", universe="u", cells=[count({"sex": 0}, 60)]))
    assert known(ledger, {"sex": 1}, universe="u") == (0, None)
    assert known(ledger, {}, universe="u") == (60, None)


def test_bad_input() -> None:
    with pytest.raises(InputError, match="is a Ledger"):
        known([], {}, universe="u")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="Nothing of this universe"):
        known(Ledger(), {}, universe="u")
    clash = PublishedTable(title="t", universe="u", cells=[count({}, 5), count({}, 6)])
    with pytest.raises(InputError, match="contradicts itself"):
        known(Ledger().with_(clash), {}, universe="u")
    wide = PublishedTable(title="t", universe="u", cells=[count({f"v{i}": 1 for i in range(30)}, 50)])
    with pytest.raises(InputError, match="more than can be audited"):
        audit(wide, Ledger())
    mixed = PublishedTable(title="t", universe="u", cells=[count({"age": Band(12, 15)}, 50), count({"age": 13.5}, 5)], complete={})
    with pytest.raises(InputError, match="'age' is shown in bands and by numbers with decimals"):
        audit(mixed, Ledger())
