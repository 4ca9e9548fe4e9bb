"""An Estimate as readers see it."""

from __future__ import annotations

from typing import Any

import narwhals as nw
import numpy as np
import pandas as pd
import pytest

import evidencekit as ek
from evidencekit.disclosure.ledger import Ledger, Number, PublishedTable, audit, known, published
from evidencekit.errors import InputError


def people(girls: int = 130, boys: int = 120, *, equal: bool = True, missing: int = 0) -> ek.Survey:
    """Girls and boys of six ages; one in four told, and some gave no answer."""
    n = girls + boys
    frame = pd.DataFrame({"sex": ["girl"] * girls + ["boy"] * boys, "age": 12 + np.arange(n) % 6})
    frame["told"] = (np.arange(n) % 4 == 0).astype(float)
    frame["how"] = np.array(["friend", "parent", "nobody"])[np.arange(n) % 3]
    frame.loc[frame.index[:missing], "told"] = np.nan
    frame["w"] = 1.0 if equal else 1.0 + np.arange(n) % 5
    frame["psu"] = np.arange(n) % 10
    return ek.Survey(frame, weights="w", psu="psu")


def shown(table: PublishedTable, cell: int = 0) -> dict[str, Any]:
    return {f"{number.kind} of {'+'.join(sorted(number.group.variables))}": number.value for number in table.cells[cell]}


def test_a_share() -> None:
    table = published(ek.proportion(people(), "told", by="sex"), title="t", universe="u")
    assert [len(cell) for cell in table.cells] == [3, 3]
    boys = table.cells[0]
    assert [(x.kind, x.value) for x in boys] == [("count", 120), ("count", 30), ("percent", 25)]
    ledger = Ledger().with_(table)
    assert known(ledger, {"sex": "girl", "told": 0}, universe="u") == (97, 97)
    assert known(ledger, {"sex": ("girl", "boy")}, universe="u") == (250, 250)
    assert known(ledger, {"told": None}, universe="u") == (0, 0)


def test_only_what_is_shown_is_in_it() -> None:
    est = ek.proportion(people(equal=False), "told", by="sex")
    for shows, kinds in (
        (["percent"], ["percent"]),
        (["n"], ["count"]),
        (["percent", "se"], ["percent"]),
        (["percent", "se", "deff"], ["count", "percent"]),
        (["percent", "limits", "deff"], ["count", "percent"]),
        (["n_eff", "deff"], ["count"]),
        (["weighted_n"], []),
    ):
        table = published(est, title="t", universe="u", shows=shows)
        assert [number.kind for number in table.cells[0]] == kinds, shows
    equal = published(ek.proportion(people(), "told", by="sex"), title="t", universe="u", shows=["weighted_n"])
    assert [number.kind for number in equal.cells[0]] == ["count"]


def test_weights_decide_what_a_percentage_gives_away() -> None:
    ratios = {
        w: published(ek.proportion(people(equal=w), "told"), title="t", universe="u").cells[0][-1].weight_ratio for w in (True, False)
    }
    assert ratios == {True: 1, False: None}
    near = people().data.assign(w=1.0 + 0.1 * (np.arange(250) % 2))
    est = ek.proportion(ek.Survey(near, weights="w", psu="psu"), "told")
    assert published(est, title="t", universe="u").cells[0][-1].weight_ratio == 1.5
    assert published(est, title="t", universe="u", weight_ratio=1.1).cells[0][-1].weight_ratio == 1.1


def test_hidden_cells_stay_hidden() -> None:
    safe = ek.release(ek.proportion(people(girls=130, boys=32), "told", by="sex"))
    assert safe.status == ("protected", "protected")
    table = published(safe.estimate, title="t", universe="u")
    assert {number.kind for cell in table.cells for number in cell} == {"hidden"}
    ledger = Ledger().with_(table)
    assert audit(table, Ledger()).verdict == "pass"
    everyone = published(ek.proportion(people(girls=130, boys=32), "told"), title="all", universe="u")
    assert audit(everyone, ledger).verdict == "pass"
    girls = published(
        ek.proportion(people(girls=130, boys=32), "told", where=nw.col("sex") == "girl", where_label="girls"),
        title="girls",
        universe="u",
        where={"sex": "girl"},
    )
    caught = audit(girls, ledger.with_(everyone))
    assert caught.verdict == "fail"


def test_answers_behind_an_uncertain_number_are_shown() -> None:
    """A number that is only too uncertain is withheld, and how many answered stays in the release. Once the ledger took it for hidden."""
    rules = ek.disclosure.profile("nchs-proportions-2017")
    safe = ek.release(ek.proportion(people(girls=300, boys=60), "told", by="sex", where=nw.col("age") < 15), profile=rules)
    assert safe.status[0] == "not presented"
    n = safe.estimate.counts.n[0]
    table = published(safe.estimate, title="t", universe="u", where={"age": (12, 13, 14)})
    assert [(x.kind, x.value) for x in table.cells[0]] == [("count", n), ("hidden", None)]
    without = published(safe.estimate, title="t", universe="u", where={"age": (12, 13, 14)}, shows=["percent"])
    assert {x.kind for x in without.cells[0]} == {"hidden"}


def test_differencing_of_ages() -> None:
    survey = people(girls=36, boys=120)
    first = published(ek.mean(survey, "told", by="sex"), title="12-17", universe="u")
    older = ek.mean(survey, "told", by="sex", where=nw.col("age") >= 13, where_label="aged 13-17")
    second = published(older, title="13-17", universe="u", where={"age": range(13, 18)})
    assert audit(first, Ledger()).verdict == "fail", "nine girls told someone"
    ledger = Ledger().with_(published(ek.mean(people(girls=60), "told", by="sex"), title="12-17", universe="u"))
    older = ek.mean(people(girls=60), "told", by="sex", where=nw.col("age") >= 13, where_label="aged 13-17")
    second = published(older, title="13-17", universe="u", where={"age": range(13, 18)})
    assert audit(second, Ledger()).verdict == "pass"
    assert audit(second, ledger).verdict == "fail"
    with pytest.raises(InputError, match="where= is not given"):
        published(older, title="13-17", universe="u")


def test_recodes_are_linked_by_what_they_are_made_of() -> None:
    frame = people(girls=240).data.assign(ages=lambda f: np.where(f["age"] < 15, "12-14", "15-17"))
    survey = ek.Survey(frame, weights="w", psu="psu")
    made_of = {"ages": {"12-14": {"age": (12, 13, 14)}, "15-17": {"age": (15, 16, 17)}}}
    table = published(ek.proportion(survey, "told", by="ages"), title="t", universe="u", made_of=made_of)
    assert table.cells[0][0].group.variables == ("age", "told")
    ledger = Ledger().with_(table)
    assert known(ledger, {"age": range(12, 18), "told": 1}, universe="u") == (90, 90)
    with pytest.raises(InputError, match="every level of 'ages'") as told:
        published(ek.proportion(survey, "told", by="ages"), title="t", universe="u", made_of={"ages": {"12-14": {"age": 12}}})
    assert "15-17" not in str(told.value)
    with pytest.raises(InputError, match="made of 'age'"):
        published(ek.proportion(survey, "told", by=["ages", "age"]), title="t", universe="u", made_of=made_of)


def test_missing_answers_are_beside_and_no_secret() -> None:
    told = published(ek.proportion(people(missing=4), "told", by="sex"), title="told", universe="u")
    assert [number.value for number in told.beside] == [4]
    how = published(ek.proportion(people(missing=4), "how", by="sex"), title="how", universe="u")
    ledger = Ledger().with_(how)
    assert audit(told, ledger).verdict == "pass"
    assert known(ledger.with_(told), {"told": None, "sex": "girl"}, universe="u") == (4, 4)


def test_those_who_did_not_answer_and_said_something_else_are_a_group() -> None:
    """Who gave no answer to one question is no secret; what these people said to another one is."""
    from evidencekit.disclosure.ledger import AllBut, count

    answered = AllBut((None,))
    told = [(count({"sex": s, "told": answered}, 100), count({"sex": s, "told": 1}, 40)) for s in ("girl", "boy")]
    sexes = PublishedTable(title="sex", universe="u", cells=[count({"sex": "girl"}, 104), count({"sex": "boy"}, 103)])
    ledger = Ledger().with_(sexes)
    table = PublishedTable(title="told", universe="u", cells=told, complete={})
    assert audit(table, ledger).verdict == "pass"
    ledger = ledger.with_(table)
    both = [count({"sex": "girl", "told": 1, "hurt": 1}, 15), count({"sex": "girl", "told": 0, "hurt": 1}, 20)]
    hurt = PublishedTable(title="hurt", universe="u", cells=[*both, count({"sex": "girl", "hurt": 1}, 38)], complete={})
    asked = PublishedTable(title="hurt too", universe="u", cells=[count({"hurt": answered}, 200), count({"hurt": 1}, 90)], complete={})
    assert audit(hurt, ledger.with_(asked), remedy=False).verdict == "fail", "three who did not say whether they told were hurt"


def test_categories() -> None:
    whole = published(ek.proportion(people(), "how"), title="t", universe="u")
    assert [len(cell) for cell in whole.cells] == [3, 3, 3]
    assert known(Ledger().with_(whole), {"how": ("friend", "parent")}, universe="u") == (167, 167)
    one = published(ek.proportion(people(), "how", category="friend"), title="t", universe="u")
    low, high = known(Ledger().with_(one), {"how": "parent"}, universe="u")
    assert (low, high) == (0, 166)


def test_rounded_counts() -> None:
    table = published(ek.proportion(people(), "told", by="sex"), title="t", universe="u", base=5, decimals=1)
    girls = table.cells[1]
    assert [(number.value, number.step) for number in girls] == [(130, 5), (35, 5), (25.4, 0.1)]
    assert known(Ledger().with_(table), {"sex": "girl", "told": 1}, universe="u") == (33, 33), "one decimal of so few gives it away"


def test_other_statistics_have_their_n_at_most() -> None:
    survey = people()
    mean = published(ek.mean(survey, "age", by="sex"), title="t", universe="u")
    assert [number.kind for number in mean.cells[0]] == ["count"]
    assert audit(mean, Ledger()).verdict == "pass"
    coded = ek.Survey(survey.data.assign(told=lambda f: f["told"] + 1), weights="w", psu="psu")
    two = published(ek.mean(coded, "told", by="sex"), title="t", universe="u")
    assert audit(two, Ledger()).status == ("review", "review")
    quantile = published(ek.quantile(survey, "age", by="sex"), title="t", universe="u")
    assert quantile.cells == ((), ())
    assert audit(quantile, Ledger()).status == ("review", "review")
    count = published(ek.count(survey, by="sex", population_total=1e5), title="t", universe="u")
    assert [number.value for number in count.cells[0]] == [120]
    total = published(ek.total(survey, "told", population_total=1e5), title="t", universe="u", shows=["n"])
    assert [number.value for number in total.cells[0]] == [250, 63], "equal weights give the cases away"


def test_a_universe_that_nobody_named() -> None:
    est = ek.proportion(people(), "told")
    assert published(est, title="t").universe.startswith("design ")
    with pytest.raises(InputError, match="Name the round"):
        published(_without_design(est), title="t")


def _without_design(est: ek.Estimate) -> ek.Estimate:
    from dataclasses import replace

    return replace(est, provenance=replace(est.provenance, design=""))


def test_nothing_of_the_data_is_in_the_file(tmp_path: Any) -> None:
    """Identifiers, weights, and answers that were not shown are nowhere in it; nor are numbers that were not."""
    frame = people(equal=False).data.assign(secret="SECRET", w=lambda f: f["w"] * 1.2345)
    survey = ek.Survey(frame, weights="w", psu="psu")
    path = tmp_path / "ledger.json"
    safe = ek.release(ek.proportion(survey, "told", by="sex"))
    Ledger(path).with_(published(safe.estimate, title="t", universe="u", shows=["percent"]))
    text = path.read_text(encoding="utf-8")
    assert "SECRET" not in text
    assert "1.2345" not in text
    numbers = {number.value for table in Ledger(path).entries for cell in table.cells for number in cell}
    assert numbers <= set(range(101))
    assert "130" not in text


def test_bad_input() -> None:
    from dataclasses import replace

    est = ek.proportion(people(), "told", by="sex")
    with pytest.raises(InputError, match=r"Pass its \.estimate"):
        published(ek.release(est), title="t")  # type: ignore[arg-type]
    for wrong in ({"decimals": 9}, {"decimals": True}, {"shows": "n"}, {"shows": ["rows"]}, {"shows": []}, {"base": 0}, {"title": ""}):
        with pytest.raises(InputError):
            published(est, **{"title": "t", "universe": "u", **wrong})  # type: ignore[arg-type]
    for broken in (replace(est.counts, cases=est.counts.n + 1), replace(est.counts, n=-est.counts.n, cases=est.counts.cases * np.nan)):
        with pytest.raises(InputError, match="Cell 0 of the Estimate"):
            published(replace(est, counts=broken), title="t", universe="u")
    with pytest.raises(InputError, match="by itself"):
        published(ek.proportion(people(), "sex", by="sex"), title="t", universe="u")


def test_a_number_shows_no_level() -> None:
    table = published(ek.proportion(people(), "how", by="sex"), title="t", universe="u")
    assert all(isinstance(number, Number) for cell in table.cells for number in cell)
    assert "friend" not in repr(table.cells)
