"""Systems of cells: what adds up, what is common to two tables, and what is refused."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidencekit.disclosure.tables import CellSystem, Table, cube, linked
from evidencekit.errors import InputError

shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def by_hand(counts: np.ndarray) -> list[float]:
    """Every cell with its margins, one by one: None is the total along an axis."""
    every = product(*([None, *range(k)] for k in counts.shape))
    return [counts[tuple(slice(None) if i is None else i for i in cell)].sum() for cell in every]


@pytest.mark.slow
@given(shapes, st.integers(0, 2**32 - 1))
def test_a_cube_is_every_margin_and_every_sum(shape: tuple[int, ...], seed: int) -> None:
    counts = np.random.default_rng(seed).integers(0, 6, shape)
    system = cube(counts)
    assert system.values.tolist() == by_hand(counts)
    assert system.values[system.inner].tolist() == counts.ravel().tolist()
    assert np.array_equal(system.values[system.inner] @ system.atoms, system.values)
    assert system.tables[0].shape == tuple(k + 1 for k in shape)
    # The sums say all that can be said: nothing but sums of atoms meets them.
    assert np.linalg.matrix_rank(system.relations.toarray()) == len(system) - counts.size
    assert system.offered.all()


def test_number_of_sums_of_a_known_cube() -> None:
    assert cube(np.ones((20, 6))).relations.shape == (28, 147)


def records(seed: int, n: int = 200) -> dict[str, np.ndarray]:
    g = np.random.default_rng(seed)
    district = g.integers(0, 5, n)
    return {"district": district, "province": np.array([0, 0, 1, 1, 1])[district], "sex": g.integers(0, 2, n), "age": g.integers(0, 3, n)}


SIZES = {"district": 5, "province": 2, "sex": 2, "age": 3}
WITHIN = {"district": {"province": [0, 0, 1, 1, 1]}}


def table(data: dict[str, np.ndarray], *dims: str, **options: object) -> Table:
    counts = np.zeros([SIZES[d] for d in dims])
    np.add.at(counts, tuple(data[d] for d in dims), 1)
    return Table(counts, dims, **options)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("cross", [True, False])
def test_common_cells_are_one_cell(cross: bool) -> None:
    data = records(3)
    tables = [table(data, "district", "sex"), table(data, "age", "sex"), table(data, "sex", "province")]
    if cross:
        tables.append(table(data, "district", "sex", "age", shown=False))
    system = linked(tables, within=WITHIN)
    first, second, third = system.tables[:3]
    assert first.shape == (8, 3)
    assert second.shape == (4, 3)
    assert third.shape == (3, 3)
    assert np.array_equal(first[0], second[0])
    assert np.array_equal(first[:3].T, third)
    assert int(system.offered.sum()) == 24 + 9
    assert len(system) == 33 + 30
    assert system.values[first[3:, 1:]].tolist() == tables[0].counts.tolist()
    assert system.values[first[1:3, 0]].tolist() == np.bincount(data["province"]).tolist()
    assert np.allclose(system.relations @ system.values, 0)
    assert np.allclose(system.values[system.inner] @ system.atoms, system.values)
    assert np.linalg.matrix_rank(system.relations.toarray()) == len(system) - 30
    assert np.array_equal((system.relations @ system.atoms.T).toarray(), np.zeros((system.relations.shape[0], 30)))


def test_the_whole_cross_shown_needs_no_further_cells() -> None:
    data = records(4)
    system = linked([table(data, "age", "sex"), table(data, "sex", "age", "district")], within=WITHIN)
    assert len(system) == 3 * 4 * 8
    assert system.offered.all()
    assert np.linalg.matrix_rank(system.relations.toarray()) == len(system) - 30


def test_margins_that_are_not_shown_are_not_offered() -> None:
    data = records(5)
    system = linked([table(data, "district", "sex", margins=[("province", "sex"), ()])], within=WITHIN)
    shown = system.offered[system.tables[0]]
    assert shown.tolist() == [[True, False, False], *[[False, True, True]] * 7]


def test_two_hierarchies_and_chains() -> None:
    data = records(6)
    within = {"district": {"province": [0, 0, 1, 1, 1], "coast": [0, 1, 0, 1, 0]}, "province": {"region": [0, 0]}}
    system = linked([table(data, "district")], within=within)
    assert len(system) == 1 + 1 + 2 + 2 + 5
    assert np.linalg.matrix_rank(system.relations.toarray()) == 6


def test_the_same_tables_make_the_same_bytes() -> None:
    one, two = (linked([table(records(7), "age", "sex"), table(records(7), "district", "age")], within=WITHIN) for _ in range(2))
    assert one.values.tobytes() == two.values.tobytes()
    assert one.relations.indices.tobytes() == two.relations.indices.tobytes()


def test_values_do_not_change_with_the_callers_array() -> None:
    counts = np.array([[3.0, 4.0]])
    system = cube(counts)
    counts[0, 0] = 100
    assert system.values[system.inner].tolist() == [3, 4]


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ([[1, -2], [3, 4]], "1 inner cell is negative, at position 1"),
        ([[1, np.nan], [3, 4]], "1 inner cell is missing or not finite, at position 1"),
        ([[np.inf, np.nan], [3, 4]], "2 inner cells are missing or not finite, at positions 0, 1"),
        (np.zeros((2, 0)), "no cell"),
        ([], "no cell"),
        (7, "no cell"),
        ([["4711", "a"]], "not an array of numbers"),
        ([[1, 2], [3]], "not an array of numbers"),
        ([[True, False]], "not an array of numbers"),
        (None, "not an array of numbers"),
        (np.ma.array([4711, 2], mask=[True, False]), "not an array of numbers"),
    ],
)
def test_what_is_no_table_is_refused_by_position(counts: object, words: str) -> None:
    with pytest.raises(InputError, match=words) as told:
        cube(counts)
    assert "4711" not in str(told.value)


def test_margins_that_do_not_add_up_are_named_by_position() -> None:
    good = cube([[3, 1], [4, 12]])
    values = good.values.copy()
    values[3] += 4711
    with pytest.raises(InputError, match="2 margins do not add up, of sums positions 0, 4") as told:
        CellSystem(values, good.relations, good.inner, good.atoms, good.offered, good.tables)
    assert "4711" not in str(told.value)
    with pytest.raises(InputError, match="not of one number of cells"):
        CellSystem(good.values[:-1], good.relations, good.inner, good.atoms, good.offered, good.tables)


def test_tables_of_different_records_are_refused() -> None:
    with pytest.raises(InputError, match="Tables 1 and 2 differ in 2 common cells, at positions 1, 2"):
        linked([Table([[5, 5], [1, 1]], ("a", "b")), Table([[6, 1], [3, 2]], ("c", "b"))])
    three = [Table([[5, 0], [0, 5]], ("a", "b")), Table([[5, 0], [0, 5]], ("b", "c")), Table([[0, 5], [5, 0]], ("a", "c"))]
    with pytest.raises(InputError, match="no records could give all of them"):
        linked(three)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: linked([]), "at least one table"),
        (lambda: linked(Table([1, 2], ("a",))), "a list of Table"),
        (lambda: linked([[1, 2]]), "a list of Table"),
        (lambda: Table([[1, 2]], ("a",)), "2 axes"),
        (lambda: Table([[1, 2]], ("a", "a")), "2 axes"),
        (lambda: linked([Table([1, 2], ("a",)), Table([[1, 1, 1]], ("b", "a"))]), "another number of levels of 'a'"),
        (lambda: linked([Table([1, 2], ("a",), margins=[("b",)])]), "margins="),
        (lambda: linked([Table([1, 2], ("a",))], within={"a": {"b": [0]}}), "1 groups"),
        (lambda: linked([Table([1, 2], ("a",))], within={"a": {"b": [0, 2]}}), "each of the 3 groups"),
        (lambda: linked([Table([1, 2], ("a",))], within={"a": {"b": [0, -1]}}), "each of the"),
        (lambda: linked([Table([1, 2], ("a",))], within={"a": {"b": ["x", "y"]}}), "one whole number"),
        (lambda: linked([Table([1, 2], ("a",))], within={"a": {"b": [0, 1]}, "b": {"a": [0, 1]}}), "circle"),
        (lambda: linked([Table([1, 2], ("a",)), Table([3], ("c",))], within={"a": {"b": [0, 1]}, "b": {"b": [0, 1]}}), "circle"),
        (lambda: linked([Table([[1, 2]], ("a", "c"))], within={"a": {"b": [0]}, "c": {"b": [0, 0]}}), "puts two dimensions"),
        (lambda: linked([Table([[1, 2], [1, 2]], ("a", "b"))], within={"a": {"b": [0, 1]}}), "lies within the other"),
        (lambda: linked([Table(np.ones((500, 500)), ("a", "b"))]), "more than"),
    ],
)
def test_what_cannot_be_linked_is_refused(make, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=words):
        make()


def test_reprs_show_no_value() -> None:
    counts = [[4711, 4712], [4713, 4714]]
    assert "471" not in repr(cube(counts)) + repr(Table(counts, ("a", "b")))
