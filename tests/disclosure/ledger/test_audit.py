"""What a new table gives away beside the old ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.disclosure.ledger import Ledger, LedgerAudit, PublishedTable, audit, count, hidden, percent, remedied, rounded
from evidencekit.disclosure.ledger.remedies import Remedy
from evidencekit.errors import InputError

YOUNG, OLD = tuple(range(12, 18)), tuple(range(13, 18))


def by_sex(title: str, ages: tuple[int, ...], girls: int, boys: int, base: int = 1) -> PublishedTable:
    def shown(group: dict[str, Any], value: int) -> Any:
        return count(group, value) if base == 1 else rounded(group, base * round(value / base), base=base)

    cells = [shown({"sex": "girl"}, girls), shown({"sex": "boy"}, boys)]
    return PublishedTable(title=title, universe="round 1", where={"age": ages}, cells=cells)


FIRST, SECOND = by_sex("12-17", YOUNG, 45, 60), by_sex("13-17", OLD, 40, 45)


def interval(audited: LedgerAudit, kind: str) -> tuple[int, int | None]:
    (found,) = [one for one in audited.findings if one.kind == kind]
    assert found.interval is not None
    return found.interval


def test_two_tables_that_are_safe_alone_give_one_age_away() -> None:
    for table in (FIRST, SECOND):
        assert audit(table, Ledger()).verdict == "pass"
    caught = audit(SECOND, Ledger().with_(FIRST), intervals=True)
    assert caught.status == ("fail", "pass")
    assert caught.reason[0].endswith("with entry 0 cell 0")
    assert interval(caught, "difference") == (5, 5)
    assert audit(FIRST, Ledger().with_(SECOND)).status == ("fail", "pass")


def test_rounded_to_five_they_leave_nine_values_open() -> None:
    ledger = Ledger().with_(by_sex("12-17", YOUNG, 45, 60, base=5))
    rounding = by_sex("13-17", OLD, 40, 45, base=5)
    assert audit(rounding, ledger).verdict == "pass"
    strict = audit(rounding, ledger, width=9, intervals=True, remedy=False)
    assert interval(strict, "difference") == (1, 9)
    assert strict.verdict == "fail"


def test_the_remedy_passes() -> None:
    ledger = Ledger().with_(FIRST)
    caught = audit(SECOND, ledger)
    assert caught.remedy == Remedy("hide", (0,))
    assert audit(remedied(SECOND, caught.remedy), ledger).verdict == "pass"
    three = audit(by_sex("13-17", OLD, 40, 55), ledger)
    assert three.status == ("fail", "fail")
    assert three.remedy is not None
    assert audit(remedied(by_sex("13-17", OLD, 40, 55), three.remedy), ledger).verdict == "pass"


def test_what_was_known_before_is_no_fault_of_the_new_table() -> None:
    one = PublishedTable(title="one", universe="u", cells=[(count({"told": (0, 1)}, 50), count({"told": 1}, 44))])
    two = PublishedTable(title="two", universe="u", cells=[count({"told": 0}, 6)], complete={})
    known = audit(two, Ledger().with_(one))
    assert known.verdict == "pass"
    assert "known too well before" in repr(known)


def test_the_same_table_again_tells_nothing_new() -> None:
    for table in (FIRST, by_sex("small", YOUNG, 4, 60)):
        ledger = Ledger().with_(table)
        assert audit(replace(table, title="again"), ledger).verdict == "pass"


def test_what_was_known_roughly_may_not_become_known_exactly() -> None:
    rough = PublishedTable(title="rough", universe="u", cells=[rounded({"sex": "girl"}, 5)], complete={})
    ledger = Ledger().with_(rough)
    assert audit(rough, ledger, width=9).verdict == "pass"
    assert audit(replace(rough, cells=((count({"sex": "girl"}, 6),),)), ledger, width=9).verdict == "fail"


@pytest.mark.parametrize(("value", "n", "verdict"), [(10, 62, "fail"), (90, 62, "fail"), (50, 62, "pass"), (10, 400, "pass")])
def test_a_whole_percent_gives_its_numerator_away(value: int, n: int, verdict: str) -> None:
    whom = {"sex": "girl", "told": (0, 1)}
    table = PublishedTable(title="t", universe="u", cells=[(count(whom, n), percent({"sex": "girl", "told": 1}, value, of=whom))])
    assert audit(table, Ledger()).verdict == verdict


def test_a_rounded_n_may_leave_the_numerator_open() -> None:
    """Nine of 26 is 35 percent; of 25 to 35 that is 9 to 12. Of a small share it leaves too little open: six of 62 is still six."""

    def table(value: int, n: int, base: int) -> PublishedTable:
        shown = rounded({}, n, base=base) if base > 1 else count({}, n)
        return PublishedTable(title="t", universe="u", cells=[(shown, percent({"told": 1}, value, of={}))])

    assert audit(table(35, 26, 1), Ledger()).verdict == "fail"
    assert audit(table(35, 30, 10), Ledger()).verdict == "pass"
    assert audit(table(10, 60, 5), Ledger()).verdict == "fail"


def test_unequal_weights_keep_a_numerator_open() -> None:
    def table(ratio: float | None) -> PublishedTable:
        return PublishedTable(title="t", universe="u", cells=[(count({}, 62), percent({"told": 1}, 10, of={}, weight_ratio=ratio))])

    assert [audit(table(r), Ledger()).verdict for r in (1, 1.01, 2, None)] == ["fail", "fail", "pass", "pass"]


def test_a_new_total_gives_an_old_hidden_cell_away() -> None:
    cells = [hidden({"sex": "girl"}, below=10), count({"sex": "boy"}, 60)]
    ledger = Ledger().with_(PublishedTable(title="cases", universe="u", cells=cells))
    total = audit(PublishedTable(title="all", universe="u", cells=[count({}, 66)]), ledger, intervals=True)
    assert total.status == ("fail",)
    assert interval(total, "hidden") == (6, 6)
    assert total.findings[0].released == ((0, 1),)
    assert audit(PublishedTable(title="all", universe="u", cells=[rounded({}, 65)]), ledger).verdict == "pass"


def test_tables_by_other_variables_are_linked() -> None:
    """Girls by age and all by age leave boys by age."""
    ages = [(a,) for a in (12, 13, 14)]
    girls = PublishedTable(title="girls", universe="u", where={"sex": "girl"}, cells=[count({"age": a}, 30) for a in ages])
    everyone = PublishedTable(title="all", universe="u", cells=[count({"age": a}, n) for a, n in zip(ages, (36, 60, 70), strict=True)])
    sexes = PublishedTable(title="sexes", universe="u", cells=[hidden({"sex": "girl"}), hidden({"sex": "boy"})])
    caught = audit(everyone, Ledger().with_(sexes).with_(girls), intervals=True)
    assert caught.status == ("fail", "pass", "pass")
    assert interval(caught, "difference") == (6, 6)
    assert audit(replace(everyone, universe="round 2"), Ledger().with_(sexes).with_(girls)).verdict == "pass"


def test_a_group_with_nobody_is_for_a_person_to_look_at() -> None:
    table = PublishedTable(title="t", universe="u", cells=[(count({}, 60), count({"told": 1}, 60))])
    assert audit(table, Ledger()).status == ("review",)
    assert audit(table, Ledger(), zeros="pass").status == ("pass",)
    assert audit(table, Ledger(), zeros="fail").status == ("fail",)


def test_tables_that_may_be_of_the_same_people_are_not_passed() -> None:
    ledger = Ledger().with_(replace(FIRST, universe="design 12ab"))
    apart = audit(replace(SECOND, universe="design 34cd"), ledger)
    assert apart.status == ("review", "review")
    assert "1 table is of another universe" in repr(apart)
    named = Ledger().with_(replace(FIRST, universe="round 2"))
    assert audit(SECOND, named).verdict == "pass"


def test_a_search_that_is_stopped_passes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The solver gives up on every question: nothing is shown to be safe, so nothing passes."""
    from scipy import optimize

    def gives_up(*_: Any, **__: Any) -> Any:
        return optimize.OptimizeResult(x=None, status=1, mip_dual_bound=None)

    monkeypatch.setattr(optimize, "milp", gives_up)
    stopped = audit(FIRST, Ledger(), remedy=False)
    assert set(stopped.status) == {"fail"}
    assert "not proven" in stopped.reason[0]


def test_an_interrupted_audit_stops(monkeypatch: pytest.MonkeyPatch) -> None:
    from scipy import optimize

    def stopped(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(optimize, "milp", stopped)
    with pytest.raises(KeyboardInterrupt):
        audit(FIRST, Ledger())


def test_the_same_bytes_again() -> None:
    ledger = Ledger().with_(FIRST)
    one, two = (audit(SECOND, ledger, intervals=True) for _ in range(2))
    assert (repr(one), one.certificate, repr(one.findings)) == (repr(two), two.certificate, repr(two.findings))


@pytest.mark.parametrize("shape", ["two entries", "the new one", "inside one table", "levels"])
def test_contradictions_are_named_by_position(shape: str) -> None:
    ok = PublishedTable(title="ok", universe="u", cells=[count({"kind": 1}, 5)], complete={})
    all_girls = PublishedTable(
        title="girls", universe="u", cells=[count({"sex": "girl"}, 50), count({"sex": "boy"}, 50)], beside=[count({}, 100)]
    )
    more = PublishedTable(title="more", universe="u", cells=[count({"sex": "girl", "kind": 2}, 51)], complete={})
    third = PublishedTable(title="third", universe="u", cells=[count({"sex": "other"}, 3)], complete={})
    cases = {
        "two entries": (Ledger().with_(ok).with_(all_girls).with_(more), ok, "entry 1 and entry 2"),
        "the new one": (Ledger().with_(ok).with_(all_girls), more, "entry 1 and the new table"),
        "inside one table": (
            Ledger(),
            PublishedTable(title="x", universe="u", cells=[count({"a": 1}, 5), count({"a": 1}, 6)]),
            "cells 0, 1",
        ),
        "levels": (Ledger().with_(all_girls), third, "The new table shows people, in cell 0, with a level"),
    }
    ledger, new, said = cases[shape]
    with pytest.raises(InputError, match=said):
        audit(new, ledger)


def test_wrong_types() -> None:
    with pytest.raises(InputError, match="takes a PublishedTable"):
        audit("x", Ledger())  # type: ignore[arg-type]
    with pytest.raises(InputError, match="is a Ledger"):
        audit(FIRST, [FIRST])  # type: ignore[arg-type]
    for wrong in ({"threshold": 0}, {"threshold": True}, {"width": 1.5}, {"zeros": "maybe"}):
        with pytest.raises(InputError):
            audit(FIRST, Ledger(), **wrong)  # type: ignore[arg-type]


def test_no_level_is_named() -> None:
    secret = "SECRET-level"
    first = PublishedTable(title="t", universe="u", cells=[count({"v": secret}, 5), count({"v": "b"}, 50)])
    caught = audit(first, Ledger(), intervals=True)
    assert caught.verdict == "fail"
    for text in (repr(caught), caught._repr_html_(), repr(caught.findings), repr(first), repr(first.cells), repr(Ledger().with_(first))):
        assert secret not in text
    assert ", 5" not in repr(audit(first, Ledger()).findings)
    assert all(found.interval is None for found in audit(first, Ledger()).findings)
    for clash in (count({"v": secret}, 6), count({"v": f"{secret} 2"}, 6)):
        with pytest.raises(InputError) as told:
            audit(PublishedTable(title="t", universe="u", cells=[clash], complete={}), Ledger().with_(first))
        assert secret not in str(told.value)


def test_progress_is_shown_when_asked(capsys: pytest.CaptureFixture[str]) -> None:
    audit(FIRST, Ledger(), progress=False)
    assert capsys.readouterr().err == ""
    audit(FIRST, Ledger(), progress=True)
    assert "audit" in capsys.readouterr().err


LEVELS = ("a", "b", "c")


@st.composite
def counts(draw: st.DrawFn) -> np.ndarray:
    return np.array(draw(st.lists(st.integers(0, 40), min_size=6, max_size=6))).reshape(3, 2)


@given(counts())
@settings(max_examples=12, deadline=None)
def test_a_remedy_is_audited_like_the_table(table: np.ndarray) -> None:
    """By group; the cases of each; and what is proposed passes, beside what was released before."""
    one = PublishedTable(
        title="n", universe="u", cells=[count({"g": g}, int(n) + 10) for g, n in zip(LEVELS, table.sum(axis=1), strict=True)]
    )
    cells = [count({"g": g, "told": 1}, int(y)) for g, y in zip(LEVELS, table[:, 0], strict=True)]
    two = PublishedTable(title="cases", universe="u", cells=cells, complete={"g": LEVELS})
    ledger = Ledger().with_(one)
    first = audit(two, ledger, zeros="pass")
    small = any(0 < y < 10 for y in table[:, 0])
    assert first.verdict == ("fail" if small else "pass")
    if small:
        assert first.remedy is not None
        assert audit(remedied(two, first.remedy), ledger, zeros="pass").verdict == "pass" or first.remedy.action == "withhold"
