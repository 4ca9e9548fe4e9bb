"""A diff says what changed and what answers already collected do not survive."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_forms import DK, RF, small_form

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.instrument import Choices, Group, Item, Option, diff

CODES = Choices("yn", {1: {"en": "Yes", "fr": "Oui"}, 0: {"en": "No"}, 98: {"en": "?"}}, missing={98: DK})
BASE = Item("q", "select_one", {"en": "Did you?"}, CODES, "${a} = 1", required=True)


def changes(new: Item | Group, old: Item | Group = BASE) -> list[tuple[str, bool]]:
    a = Item("a", "integer")
    made = diff(ek.Instrument("f", [a, old]), ek.Instrument("f", [a, new]))
    return [(change.what, change.breaking) for change in made.changes]


def codes(change: Callable[[Option], Option | None], *more: Option) -> Item:
    kept = [made for option in CODES.listed if (made := change(option)) is not None]
    return replace(BASE, choices=Choices("yn", [*kept, *more]), missing={})


def label(text: Any) -> Item:
    return codes(lambda o: replace(o, label=text) if o.code == "1" else o)


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (BASE, []),
        (replace(BASE, relevant=" ${a}  = 1"), []),
        (replace(BASE, kind="select_multiple"), [("kind", True)]),
        (replace(BASE, label={"en": "Did you ever?"}), [("label (en)", False)]),
        (replace(BASE, label={"en": "Did you?", "fr": "As-tu ?"}), [("label (fr)", False)]),
        (replace(BASE, relevant=""), [("relevance", True)]),
        (replace(BASE, constraint=". > 0"), [("constraint", False)]),
        (replace(BASE, calculation="1"), [("calculation", True)]),
        (replace(BASE, required=False), [("required", False)]),
        (replace(BASE, role="sensitive"), [("role", False)]),
        (replace(BASE, purpose="x"), [("purpose", False)]),
        (replace(BASE, other={"hint": "h"}), [("other", False)]),
        (codes(lambda o: None if o.code == "0" else o), [("code removed", True)]),
        (codes(lambda o: o, Option("2", "Other")), [("code added", False)]),
        (label({"en": "Yes, often", "fr": "Oui"}), [("code label (en)", True)]),
        (label({"en": "Yes", "fr": "Oui", "km": "x"}), [("code label (km)", False)]),
        (codes(lambda o: replace(o, missing=RF) if o.code == "98" else o), [("missing kinds", True)]),
        (codes(lambda o: replace(o, missing=RF) if o.code == "0" else o), [("missing kinds", True)]),
        (replace(BASE, missing={-1: RF}), [("missing kinds", False)]),
        (Group("g", [BASE]), [("moved", False), ("added", False)]),
        (Group("g", [BASE], repeat=True), [("moved", True), ("added", False)]),
        (replace(BASE, name="q2"), [("removed", True), ("added", False)]),
        (Group("q", []), [("kind", True)]),
    ],
)
def test_each_change_is_told(new: Item | Group, said: list[tuple[str, bool]]) -> None:
    assert changes(new) == said


def test_groups_are_compared_too() -> None:
    old = Group("g", [BASE], "About you", "${a} = 1")
    assert changes(replace(old, label="You"), old) == [("label", False)]
    assert changes(replace(old, relevant=""), old) == [("relevance", True)]
    assert changes(replace(old, repeat=True, count="3"), old) == [("repeat", True), ("count", False)]


def test_a_number_that_gets_a_missing_code_breaks() -> None:
    old = Item("n", "integer")
    assert changes(replace(old, missing={99: RF}), old) == [("missing kinds", True)]


def test_the_repr_is_one_screen_with_what_breaks_first() -> None:
    old = ek.Instrument("f", [Item(f"q{k:02}", "integer", "x") for k in range(60)], version="1")
    new = ek.Instrument("f", [Item(f"q{k:02}", "integer", "y" * 500) for k in range(59)], version="2")
    made = diff(old, new)
    lines = repr(made).splitlines()
    assert lines[0] == "Diff(version 1 -> 2: 60 changes, 1 breaking)"
    assert lines[1].startswith("  ! q59")
    assert len(lines) == 27
    assert max(map(len, lines)) < 160
    assert made.removed == ("q59",)
    assert made.added == ()
    assert list(made.to_frame().columns) == ["item", "what", "before", "after", "breaking"]
    assert len(made.to_frame()) == 60
    assert [change.item for change in made.breaking] == ["q59"]


def test_a_form_is_itself_and_only_instruments_are_compared() -> None:
    form = small_form()
    assert diff(form, small_form()).same
    with pytest.raises(InputError, match="two Instruments"):
        diff(form, [])  # type: ignore[arg-type]


@given(st.permutations(range(4)), st.permutations(range(4)))
def test_order_alone_is_no_change_and_twins_are_told_apart(one: list[int], two: list[int]) -> None:
    def form(order: list[int]) -> ek.Instrument:
        return ek.Instrument("f", [Group(f"g{k}", [Item("same", "integer", f"in {k}")]) for k in order])

    assert diff(form(one), form(two)).same


def test_the_fingerprint_and_the_diff_agree() -> None:
    form = small_form()
    items = list(form.items)
    items[1] = replace(items[1], constraint=". >= 10")  # type: ignore[type-var]
    other = ek.Instrument("small", items, title=form.title, version="1")
    assert other.fingerprint != form.fingerprint
    assert [change.item for change in diff(form, other).changes] == ["age"]
