"""Suppression: every pattern is attacked by an independent audit, and compared with what is known to be best."""

from __future__ import annotations

from itertools import product
from time import process_time

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog
from surveyed_tables import FREQUENCIES, sparse_counts, surveyed

from evidencekit.disclosure.tables import CellSystem, SuppressionPattern, Table, audit_suppression, cube, intervals, linked, suppress
from evidencekit.errors import InputError

shapes = st.lists(st.integers(2, 4), min_size=2, max_size=4).map(tuple).filter(lambda s: np.prod(s) <= 36)
seeds = st.integers(0, 2**32 - 1)


def attacked(system: CellSystem, values: np.ndarray, hidden: np.ndarray, cell: int, known: dict[int, tuple[float, float]]) -> list[float]:
    """The ends of a cell's interval, from one plain programme for each over all hidden cells: nothing shared, nothing reduced."""
    at = np.flatnonzero(hidden)
    sums = system.relations.toarray()
    bounds = [known.get(int(i), (0, None)) for i in at]
    aim = (at == cell).astype(float)
    ends = []
    for sign in (1, -1):
        found = linprog(sign * aim, A_eq=sums[:, at], b_eq=-sums[:, ~hidden] @ values[~hidden], bounds=bounds, method="highs")
        assert found.status in (0, 3)
        ends.append(sign * found.fun if found.status == 0 else np.inf)
    return ends


def failures(system: CellSystem, pattern: SuppressionPattern, threshold: int) -> list[int]:
    """Primary cells that an outsider can say too much of."""
    hidden = pattern.hidden | ~system.offered
    out = []
    for cell in np.flatnonzero(pattern.primary):
        low, high = attacked(system, system.values, hidden, int(cell), {})
        if low > 1e-5 or high < threshold - 1e-5:
            out.append(int(cell))
    return out


def inside_failures(system: CellSystem, pattern: SuppressionPattern, threshold: int, limit: int = 10_000) -> list[tuple[int, int]]:
    """Pairs of an inner cell of 1 or 2 and a primary cell of which somebody in the first can say too much.

    In a cell of 1 she knows that she is alone, and alone in every margin of 1 above it; in a cell of 2 she knows of herself.
    """
    hidden = pattern.hidden | ~system.offered
    atoms = system.atoms.toarray().astype(bool)
    rows = dict(zip(np.flatnonzero(system.inner).tolist(), range(len(atoms)), strict=True))
    out, looked = [], 0
    for own in np.flatnonzero(system.inner & pattern.primary & (system.values <= 2)):
        hers = atoms[rows[int(own)]]
        known = {int(i): (1.0, 1.0) for i in np.flatnonzero(hers & (system.values == 1))} or {int(own): (1.0, None)}
        for cell in np.flatnonzero(pattern.primary):
            if (int(cell) in known and known[int(cell)][1] == 1) or looked >= limit:
                continue
            looked += 1
            low, high = attacked(system, system.values, hidden, int(cell), known)
            if low > hers[cell] + 1e-5 or high < threshold - 1e-5:
                out.append((int(own), int(cell)))
    return out


@pytest.mark.slow
@settings(max_examples=12, suppress_health_check=[HealthCheck.too_slow])
@given(shapes, seeds, st.integers(2, 12))
def test_no_outsider_can_say_too_much_of_a_cell(shape: tuple[int, ...], seed: int, threshold: int) -> None:
    system = cube(sparse_counts(np.random.default_rng(seed), shape))
    pattern = suppress(system, threshold=threshold, insiders=False)
    assert np.array_equal(pattern.primary, (system.values > 0) & (system.values < threshold))
    assert not (pattern.primary & pattern.secondary).any()
    assert pattern.certificate.failures == 0
    assert failures(system, pattern, threshold) == []


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=[HealthCheck.too_slow])
@given(shapes.filter(lambda s: np.prod(s) <= 24), seeds, st.integers(2, 8))
def test_nobody_inside_can_say_too_much_of_another_cell(shape: tuple[int, ...], seed: int, threshold: int) -> None:
    system = cube(sparse_counts(np.random.default_rng(seed), shape))
    pattern = suppress(system, threshold=threshold)
    assert failures(system, pattern, threshold) == []
    assert inside_failures(system, pattern, threshold, limit=150) == []


@pytest.mark.slow
@settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.integers(1, 6), min_size=2, max_size=4).map(tuple).filter(lambda s: np.prod(s) <= 120), seeds, st.integers(2, 15))
def test_no_one_can_say_too_much_of_a_cell_in_many_tables(shape: tuple[int, ...], seed: int, threshold: int) -> None:
    system = cube(sparse_counts(np.random.default_rng(seed), shape))
    pattern = suppress(system, threshold=threshold)
    assert failures(system, pattern, threshold) == []
    assert inside_failures(system, pattern, threshold, limit=400) == []


@pytest.mark.slow
@settings(max_examples=15)
@given(st.sampled_from([(2, 2, 3), (2, 3, 2), (2, 3, 3), (5, 1, 3), (2, 2, 2, 2)]), seeds)
def test_every_whole_number_table_is_tried(kind: tuple[int, ...], seed: int) -> None:
    *shape, threshold = kind
    counts = np.random.default_rng(seed).integers(0, 3 if len(shape) == 3 else 4, shape)
    system = cube(counts)
    pattern = suppress(system, threshold=threshold, insiders=False)
    every = np.array(list(product(range(int(counts.max()) + threshold + 1), repeat=counts.size)))
    tables = every @ system.atoms.toarray()
    possible = tables[(tables == system.values)[:, ~pattern.hidden].all(axis=1)]
    assert (possible == system.values).all(axis=1).any()
    for cell in np.flatnonzero(pattern.primary):
        # Tables this small reach in whole numbers what they reach in fractions.
        assert possible[:, cell].min() == 0
        assert possible[:, cell].max() >= threshold


BEST = [((20, 6), 3000, 51, 5, 13.571), ((8, 2, 4), 1200, 17, 17, 46.561), ((20, 2, 6), 3000, 181, 28, 84.798)]


def known_table(shape: tuple[int, ...], records: int) -> CellSystem:
    return cube(surveyed(shape, records, answers=FREQUENCIES if shape[-1] == 6 else None))


@pytest.mark.parametrize(("shape", "records", "primary", "fewest", "cost"), BEST[:2])
def test_few_further_cells_are_hidden(shape: tuple[int, ...], records: int, primary: int, fewest: int, cost: float) -> None:
    system = known_table(shape, records)
    pattern = suppress(system, threshold=10)
    assert int(pattern.primary.sum()) == primary
    assert fewest <= int(pattern.secondary.sum()) <= 1.25 * fewest
    assert failures(system, pattern, 10) == []
    exact = suppress(system, threshold=10, insiders=False, exact=True)
    assert exact.certificate.search == "cheapest"
    assert int(exact.secondary.sum()) == fewest
    assert exact.certificate.cost == pytest.approx(cost, abs=5e-4)
    assert exact.certificate.bound == pytest.approx(exact.certificate.cost, abs=1e-6)


@pytest.mark.slow
def test_few_further_cells_are_hidden_in_the_largest_table_with_a_known_best() -> None:
    shape, records, primary, fewest, cost = BEST[2]
    system = known_table(shape, records)
    pattern = suppress(system, threshold=10)
    assert int(pattern.primary.sum()) == primary
    assert int(pattern.secondary.sum()) <= 1.25 * fewest
    assert failures(system, pattern, 10) == []
    exact = suppress(system, threshold=10, insiders=False, exact=True)
    assert exact.certificate.search == "cheapest"
    assert int(exact.secondary.sum()) == fewest
    assert exact.certificate.cost == pytest.approx(cost, abs=5e-4)


@pytest.mark.slow
def test_a_table_of_four_dimensions_in_a_minute() -> None:
    system = known_table((20, 2, 4, 6), 12_000)
    began = process_time()  # not the clock on the wall: others may be using the machine
    pattern = suppress(system, threshold=5)
    assert process_time() - began < 60
    assert len(system) == 2205
    assert int(pattern.primary.sum()) == 475
    assert audit_suppression(system, pattern.hidden, threshold=5).failures == 0
    assert failures(system, pattern, 5) == []


@pytest.mark.slow
def test_the_cheapest_is_the_cheapest_of_all_patterns() -> None:
    random = np.random.default_rng(11)
    for _ in range(3):
        system = cube(random.integers(1, 30, (2, 3)))
        pattern = suppress(system, threshold=6, insiders=False, exact=True)
        if not pattern.primary.any():
            continue
        price = np.log1p(system.values) + 0.1
        free = np.flatnonzero(~pattern.primary)
        best = np.inf
        for chosen in product([False, True], repeat=len(free)):
            mask = pattern.primary.copy()
            mask[free] = chosen
            cost = price[mask & ~pattern.primary].sum()
            if cost < best - 1e-9 and audit_suppression(system, mask, threshold=6, insiders=False).failures == 0:
                best = cost
        assert pattern.certificate.cost == pytest.approx(best)


@pytest.mark.parametrize("insiders", [pytest.param(True, marks=pytest.mark.slow), False])
def test_the_same_input_gives_the_same_bytes(insiders: bool) -> None:
    system = known_table((5, 2, 4), 400)
    one, two = (suppress(system, threshold=10, insiders=insiders) for _ in range(2))
    assert one.hidden.tobytes() == two.hidden.tobytes()
    assert one.certificate.to_json() == two.certificate.to_json()
    assert one.certificate == two.certificate
    assert "seconds" not in one.certificate.to_json()
    other = suppress(system, threshold=9, insiders=insiders)
    assert other.certificate.digest != one.certificate.digest


def test_linked_tables_and_hierarchies_are_protected_together() -> None:
    random = np.random.default_rng(2)
    cross = random.poisson(4, (6, 2, 3))
    tables = [Table(cross.sum(axis=2), ("district", "sex")), Table(cross.sum(axis=0), ("sex", "age"))]
    system = linked(tables, within={"district": {"province": [0, 0, 0, 1, 1, 1]}})
    pattern = suppress(system, threshold=10, insiders=False)
    assert pattern.primary.any()
    assert not (pattern.hidden & ~system.offered).any()
    assert failures(system, pattern, 10) == []
    apart = suppress(cube(cross.sum(axis=2)), threshold=10, insiders=False)
    assert int(pattern.hidden.sum()) >= int(apart.hidden.sum())


def test_weighted_totals_give_nothing_away() -> None:
    random = np.random.default_rng(8)
    counts = random.poisson(12, (6, 3)) + 1
    weights = counts * random.uniform(50, 900, counts.shape)
    system, weighted = cube(counts), cube(weights)
    pattern = suppress(system, weighted=weighted, threshold=10)
    alone = suppress(system, threshold=10)
    assert pattern.certificate.intruders == alone.certificate.intruders + 1
    for cell in np.flatnonzero(pattern.primary):
        low, high = attacked(weighted, weighted.values, pattern.hidden, int(cell), {})
        assert low <= 1e-3
        assert high >= 10 * weighted.values[cell] / system.values[cell] * (1 - 1e-6)
    same = suppress(system, weighted=cube(counts * 3.5), threshold=10)
    assert same.certificate.intruders == alone.certificate.intruders


def test_a_pattern_from_elsewhere_is_audited() -> None:
    system = known_table((20, 6), 3000)
    naive = (system.values > 0) & (system.values < 10)
    found = audit_suppression(system, naive, insiders=False)
    plain = [c for c in np.flatnonzero(naive) if (e := attacked(system, system.values, naive, int(c), {}))[0] > 1e-5 or e[1] < 10 - 1e-5]
    assert np.flatnonzero(found.outsiders).tolist() == plain
    assert found.failures == 11
    assert audit_suppression(system, naive).failures >= 11
    assert audit_suppression(system, np.zeros(len(system), dtype=bool), insiders=False).failures == int(naive.sum())
    low, high = intervals(system, naive, cells=plain)
    for cell in plain:
        assert [low[cell], high[cell]] == pytest.approx(attacked(system, system.values, naive, cell, {}), abs=1e-6)
    assert np.isnan(low[~np.isin(np.arange(len(system)), plain)]).all()


def test_intervals_that_nothing_limits_are_infinite() -> None:
    system = cube([[4, 5], [6, 7]])
    low, high = intervals(system, np.ones(9, dtype=bool))
    assert low.tolist() == [0] * 9
    assert np.isinf(high).all()
    low, high = intervals(system, np.zeros(9, dtype=bool), cells=[0, 3])
    assert low[[0, 3]].tolist() == high[[0, 3]].tolist() == [22, 9]


@pytest.mark.parametrize("counts", [[[0, 0], [0, 0]], [0], [[0]], np.zeros((2, 2, 2))])
def test_where_nobody_is_there_is_nothing_to_hide(counts: object) -> None:
    pattern = suppress(cube(counts))
    assert not pattern.hidden.any()
    assert pattern.certificate.search == "nothing to hide"
    assert pattern.certificate.needs == 0


@pytest.mark.parametrize("counts", [[3], [[3]], [[[3]]], [3, 0], [[2], [40]], [[1, 1], [1, 1]], [1, 2, 3], [[40, 1]]])
def test_tables_that_leave_little_room(counts: object) -> None:
    system = cube(counts)
    pattern = suppress(system, threshold=10)
    assert failures(system, pattern, 10) == []
    assert inside_failures(system, pattern, 10) == []


def test_a_threshold_above_the_total_hides_all_but_zeros() -> None:
    system = cube([[3, 0], [4, 5]])
    pattern = suppress(system, threshold=1000)
    assert np.array_equal(pattern.primary, system.values > 0)
    assert failures(system, pattern, 1000) == []


def test_a_threshold_of_one_hides_nothing() -> None:
    assert not suppress(cube([[1, 2], [3, 4]]), threshold=1).hidden.any()


def test_primary_cells_by_other_rules() -> None:
    system = cube([[40, 0, 25], [31, 300, 28], [22, 35, 41]])
    mask = np.zeros(len(system), dtype=bool)
    mask[system.tables[0][1, 2]] = mask[system.tables[0][2, 2]] = True  # a zero, and a large cell
    pattern = suppress(system, primary=mask, threshold=10)
    assert np.array_equal(pattern.primary, mask)
    low, high = intervals(system, pattern.hidden, cells=np.flatnonzero(mask))
    assert low[mask].tolist()[0] == 0
    assert high[mask].tolist()[0] >= 10
    assert low[mask].tolist()[1] <= 290
    assert high[mask].tolist()[1] >= 310


def test_costs_say_what_is_kept() -> None:
    system = cube([[40, 7, 25], [31, 30, 28], [22, 35, 41]])
    costs = np.ones(len(system))
    costs[system.tables[0][2, 2]] = 1000
    assert not suppress(system, costs=costs).hidden[system.tables[0][2, 2]]


def test_time_that_runs_out_is_said() -> None:
    system = known_table((20, 2, 6), 3000)
    pattern = suppress(system, threshold=10, insiders=False, exact=0.01)
    assert pattern.certificate.search == "time ran out"
    assert pattern.certificate.bound <= pattern.certificate.cost
    assert "time ran out" in repr(pattern)
    assert audit_suppression(system, pattern.hidden, insiders=False).failures == 0


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"threshold": 0}, "threshold="),
        ({"threshold": -3}, "threshold="),
        ({"threshold": 2.5}, "threshold="),
        ({"threshold": True}, "threshold="),
        ({"threshold": "10"}, "threshold="),
        ({"costs": [1, 2]}, "costs="),
        ({"costs": np.zeros(9)}, "costs="),
        ({"costs": np.full(9, np.nan)}, "costs="),
        ({"costs": "dear"}, "costs="),
        ({"primary": [1, 0]}, "primary="),
        ({"primary": np.ones(9)}, "primary="),
        ({"exact": -1}, "exact="),
        ({"exact": np.nan}, "exact="),
        ({"exact": "yes"}, "exact="),
        ({"weighted": cube([[1, 2, 3]])}, "same tables"),
        ({"weighted": cube([[0, 2], [3, 4]])}, "at positions? "),
        ({"weighted": [[1, 2], [3, 4]]}, "CellSystem"),
    ],
)
def test_what_cannot_be_used_is_refused(options: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        suppress(cube([[4711, 2], [3, 4712]]), **options)  # pyright: ignore[reportArgumentType]


def test_no_value_in_messages_and_reprs() -> None:
    system = cube([[4711, 2], [3, 4712]])
    pattern = suppress(system)
    assert "471" not in repr(pattern) + repr(audit_suppression(system, pattern.primary)) + pattern.certificate.to_json().replace(
        pattern.certificate.digest, ""
    )
    with pytest.raises(InputError) as told:
        suppress([[4711, 2], [3, 4712]])  # type: ignore[arg-type]
    assert "4711" not in str(told.value)
    with pytest.raises(InputError, match="hidden is not"):
        audit_suppression(system, [4711])
    with pytest.raises(InputError, match="positions from 0 to 8"):
        intervals(system, pattern.hidden, cells=[4711])


def test_cells_that_no_table_shows_cannot_be_primary() -> None:
    system = linked([Table([3, 4], ("a",)), Table([3, 4], ("b",))])
    with pytest.raises(InputError, match="no table shows"):
        suppress(system, primary=np.ones(len(system), dtype=bool))


def test_progress_is_shown_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    system = known_table((6, 3), 150)
    suppress(system, progress=True)
    assert "audit" in capsys.readouterr().err
    suppress(system, progress=False)
    suppress(system)
    assert capsys.readouterr().err == ""
