"""Labelled files come back through read with their labels and every kind of missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from small_forms import DK, RF, small_form

import evidencekit as ek
from evidencekit.errors import InputError
from evidencekit.reading import stata_code

FORM = small_form()


@pytest.fixture(scope="module")
def data() -> Any:
    return ek.instrument.fictional_answers(
        FORM, 400, seed=5, prevalence={"asked": 0.3}, missing=ek.instrument.MissingRates({DK: 0.06, RF: 0.05})
    )


@pytest.mark.parametrize("suffix", [".sav", ".zsav", ".dta"])
@pytest.mark.parametrize("language", [None, "French (fr)", "fr"])
def test_everything_comes_back(tmp_path: Path, data: Any, suffix: str, language: str | None) -> None:
    again = ek.read(ek.instrument.write_labelled(data, FORM, tmp_path / f"a{suffix}", language=language, identifying=["comment"]))
    assert [name for name in again.columns if not name.startswith("used_")] == [name.replace("_index", "v_index") for name in data.columns]
    assert again.labels["age"] == ("Quel age as-tu ?" if language else "How old are you?")
    assert again.value_labels["asked"][1] == ("Oui" if language else "Yes")
    clean, before = again.to_frame(), data.to_frame()
    for item in FORM.questions:
        if item.name not in data.columns:
            continue
        if clean[item.name].dtype.kind in "if":
            np.testing.assert_allclose(clean[item.name], before[item.name].astype(float))
        declared = {k: v for k, v in again.kinds(item.name).items() if k is not ek.Missing.UNSTATED}
        there = {k: v for k, v in data.kinds(item.name).items() if k is not ek.Missing.UNSTATED}
        if suffix == ".dta" and item.kind == "select_multiple":
            declared = {k: v for k, v in again.kinds(f"{item.name}_chat").items() if k is not ek.Missing.UNSTATED}
        assert declared == there, item.name
    assert again.kinds("hours")[DK] > 0


def test_stata_has_a_letter_for_each_kind_and_numbers_words(tmp_path: Path) -> None:
    words = ek.Choices("w", {"yes": "Yes", "no": "No", "dk": "Not known", "rf": "Je passe"}, missing={"dk": DK, "rf": RF})
    form = ek.Instrument("f", [ek.Item("q", "select_one", "Q?", words)])
    frame = pd.DataFrame({"q": ["yes", "no", "dk", "rf", None, "no"]})
    again = ek.read(ek.instrument.write_labelled(frame, form, tmp_path / "a.dta"))
    assert again.frame["q"].tolist()[:4] == [1, 2, stata_code(".d"), stata_code(".r")]
    assert again.value_labels["q"] == {
        1: "Yes",
        2: "No",
        stata_code(".d"): "Not known (don't know)",
        stata_code(".r"): "Je passe (prefer not to say)",
    }
    assert again.kinds("q") == {DK: 1, RF: 1, ek.Missing.UNSTATED: 1}


def test_spss_ranges_where_there_are_many_codes(tmp_path: Path) -> None:
    kinds = {-1: DK, -2: RF, -3: ek.Missing.NOT_ASKED, -4: ek.Missing.TECHNICAL}
    form = ek.Instrument("f", [ek.Item("n", "integer", missing=kinds)])
    frame = pd.DataFrame({"n": [5, -1, -2, -3, -4, 0]})
    again = ek.read(ek.instrument.write_labelled(frame, form, tmp_path / "a.sav"))
    assert {k: v for k, v in again.kinds("n").items()} == dict.fromkeys(kinds.values(), 1)
    assert again.to_frame()["n"].dropna().tolist() == [5, 0]
    one_more = ek.Instrument("f", [ek.Item("n", "integer", missing={-1: DK, -2: RF, -3: ek.Missing.NOT_ASKED, 999: ek.Missing.TECHNICAL})])
    again = ek.read(ek.instrument.write_labelled(pd.DataFrame({"n": [5, -1, 999, 50]}), one_more, tmp_path / "b.sav"))
    assert again.to_frame()["n"].dropna().tolist() == [5, 50]
    between = ek.Instrument("f", [ek.Item("n", "integer", missing={1: DK, 3: RF, 5: ek.Missing.NOT_ASKED, 7: ek.Missing.TECHNICAL})])
    with pytest.raises(InputError, match="SPSS cannot declare"):
        ek.instrument.write_labelled(pd.DataFrame({"n": [2, 4, 6]}), between, tmp_path / "c.sav")


def test_names_and_labels_are_cut_to_what_the_file_can_have(tmp_path: Path) -> None:
    long = "\u00e9" * 400
    form = ek.Instrument("f", [ek.Item("group/q-1", "select_one", long, ek.Choices("c", {1: long}))])
    for suffix in (".sav", ".dta"):
        again = ek.read(ek.instrument.write_labelled(pd.DataFrame({"group/q-1": [1, 1]}), form, tmp_path / f"a{suffix}"))
        assert list(again.columns) == ["group_q_1"]
        assert set(again.labels["group_q_1"]) == {"\u00e9"}
    with pytest.raises(InputError, match="would be the same"):
        ek.instrument.write_labelled(pd.DataFrame({"a-b": [1], "a_b": [2]}), form, tmp_path / "a.sav")


def test_the_callers_frame_stays_as_it_was_and_polars_is_taken(tmp_path: Path, data: Any) -> None:
    before = data.frame.copy()
    for suffix in (".sav", ".dta"):
        one = ek.read(ek.instrument.write_labelled(data, FORM, tmp_path / f"a{suffix}", identifying=["comment"]))
        frame = pl.from_pandas(data.frame.astype({"used": object}))
        two = ek.read(ek.instrument.write_labelled(frame, FORM, tmp_path / f"b{suffix}", identifying=["comment"]))
        pd.testing.assert_frame_equal(one.frame, two.frame)
    pd.testing.assert_frame_equal(data.frame, before)


def test_no_answer_is_in_an_error(tmp_path: Path) -> None:
    words = ek.Choices("w", {"yes": "Yes"})
    many = ek.Choices("m", {f"Zq7canary{k}": "x" for k in range(4)}, missing={f"Zq7canary{k}": RF for k in range(4)})
    form = ek.Instrument("f", [ek.Item("q", "select_one", "Q?", words), ek.Item("n", "select_one", "N?", many)])
    for frame, suffix in ((pd.DataFrame({"q": ["Zq7canary"]}), ".dta"), (pd.DataFrame({"n": ["Zq7canary1"]}), ".sav")):
        with pytest.raises(InputError) as caught:
            ek.instrument.write_labelled(frame, form, tmp_path / f"a{suffix}")
        assert "Zq7" not in f"{caught.value}{caught.value.__cause__}{caught.value.__context__}"
    with pytest.raises(InputError, match=r"written as \.sav"):
        ek.instrument.write_labelled(pd.DataFrame({"n": [1]}), form, tmp_path / "a.csv")


def _worlds() -> tuple[ek.Instrument, pd.DataFrame]:
    """A form with every kind of column that can have codes, and answers with all of them."""
    words = ek.Choices("w", {"f": "Girl", "m": "Boy", "rf": "I prefer not to say"}, missing={"rf": RF})
    yes_no = ek.Choices("y", {1: "Yes", 0: "No", 98: "I do not know", 99: "I prefer not to say"}, missing={98: DK, 99: RF})
    who = ek.Choices("who", {"friend": "A friend", "adult": "An adult", "pnts": "I prefer not to say"}, missing={"pnts": RF})
    online = "${online} = 1"
    form = ek.Instrument(
        "worlds",
        [
            ek.Item("online", "select_one", "Online?", yes_no),
            ek.Item("sex", "select_one", "Are you a girl or a boy?", words, online),
            ek.Item("happened", "select_one", "Did it happen?", yes_no, online),
            ek.Item("hours", "integer", "Hours", None, online, missing={-98: DK}),
            ek.Item("told", "select_multiple", "Whom did you tell?", who, online),
            ek.Item("since", "date", "Since when?", None, online),
            ek.Item("day", "date", "Which day is it?"),
            ek.Item("more", "text", "More?", None, online),
        ],
    )
    n = None
    frame = pd.DataFrame(
        {
            "online": [1, 1, 1, 1, 0, 99],
            "sex": ["f", "m", "rf", n, n, n],
            "happened": [1, 0, 98, n, n, n],
            "hours": [10, 12, -98, n, n, n],
            "told": ["friend", "friend adult", "pnts", n, n, n],
            "since": ["2025-01-02", "2025-02-03", "2025-03-04", n, n, n],
            "day": ["2026-01-02"] * 6,
            "more": ["a", "b", "c", n, n, n],
        }
    )
    return form, frame


@pytest.mark.parametrize("suffix", [".sav", ".zsav", ".dta"])
@pytest.mark.parametrize("not_asked", [-8, None])
@pytest.mark.parametrize("polars", [False, True])
def test_what_a_dataset_adds_comes_back_in_every_column(tmp_path: Path, suffix: str, not_asked: int | None, polars: bool) -> None:
    form, frame = _worlds()
    data = ek.instrument.dataset(pl.from_pandas(frame) if polars else frame, form, not_asked=not_asked)
    again = ek.read(ek.instrument.write_labelled(data, form, tmp_path / f"a{suffix}"))
    beside = {"told": "told_friend", "since": "since_missing", "more": "more_missing"} if suffix == ".dta" else {}
    for name in data.columns:
        there = beside.get(name, name)
        if there not in again.columns:
            assert not_asked is None
            continue
        texts = suffix != ".dta" and again.frame[name].dtype.kind not in "ifM"
        blank = {ek.Missing.UNSTATED} if texts else set()  # SPSS has no blank texts
        assert again.kinds(there) == {kind: k for kind, k in data.kinds(name).items() if kind not in blank}, name
    assert again.to_frame()["hours"].mean() == 11
    assert not_asked is None or again.kinds("hours")[ek.Missing.NOT_ASKED] == 2


def test_an_export_read_with_a_code_for_not_asked_keeps_it(tmp_path: Path) -> None:
    form, frame = _worlds()
    frame.to_csv(tmp_path / "main.csv", index=False)
    export = ek.instrument.read_export(tmp_path / "main.csv", form, not_asked=-8)
    again = ek.read(ek.instrument.write_labelled(export.main, form, tmp_path / "a.sav"))
    for name in frame.columns:
        there = export.main.kinds(name)
        assert {k: v for k, v in there.items() if k is not ek.Missing.UNSTATED or k in again.kinds(name)} == again.kinds(name)
        assert there.get(ek.Missing.NOT_ASKED, 0) == (0 if name in ("online", "day") else 2)
    assert again.value_labels["hours"][-8] == "not asked"


def test_columns_have_the_type_of_the_form(tmp_path: Path) -> None:
    form, frame = _worlds()
    texts = frame.copy()
    texts["happened"], texts["hours"] = pd.Series(["1", "0", "98"]), pd.Series(["10", "12", "-98"])
    for suffix in (".sav", ".dta"):
        again = ek.read(ek.instrument.write_labelled(texts, form, tmp_path / f"a{suffix}"))
        assert again.kinds("happened")[DK] == 1
        assert again.to_frame()["hours"].mean() == 11
        assert str(again.frame["day"].dtype).startswith("datetime64"), suffix
    for name in ("happened", "hours"):
        for suffix in (".sav", ".dta"):
            bad = frame.astype({name: object})
            bad.loc[0, name] = "Zq7canary"
            with pytest.raises(InputError, match=f"'{name}' holds numbers by the form, and in 1 rows") as caught:
                ek.instrument.write_labelled(bad, form, tmp_path / f"b{suffix}")
            assert "Zq7" not in str(caught.value)
    mixed = frame.astype({"more": object})
    mixed.loc[0, "more"] = 7
    with pytest.raises(InputError, match="'more' mixes texts and numbers"):
        ek.instrument.write_labelled(mixed, form, tmp_path / "b.sav")


def test_stata_has_a_column_for_each_of_several_answers(tmp_path: Path) -> None:
    form, frame = _worlds()
    ticks = pd.concat(
        [frame, pd.DataFrame({"told/friend": [1, 1, 0, None, None, None], "told/adult": [0, 1, 0, None, None, None]})], axis=1
    )
    for given in (frame, ticks):
        again = ek.read(ek.instrument.write_labelled(given, form, tmp_path / "a.dta"))
        assert again.frame["told_adult"].tolist()[:3] == [0, 1, stata_code(".r")]
        assert again.labels["told_adult"] == "Whom did you tell?: An adult"
        assert list(again.columns).count("told_adult") == 1
        assert "pnts" not in again.frame["told"].tolist()
        assert again.kinds("told_friend")[RF] == 1


def test_what_identifies_is_only_written_when_it_is_named(tmp_path: Path) -> None:
    form = ek.Instrument("f", [ek.Item("child_id", "text", role="direct-identifier"), ek.Item("age", "integer")])
    frame = pd.DataFrame({"child_id": ["C1"], "age": [12]})
    with pytest.raises(InputError, match="identify people by their roles in the form: 'child_id'"):
        ek.instrument.write_labelled(frame, form, tmp_path / "a.sav")
    made = ek.instrument.write_labelled(frame, form, tmp_path / "a.sav", identifying=["child_id"])
    assert ek.read(made).columns == ("child_id", "age")
    assert ek.read(ek.instrument.write_labelled(frame[["age"]], form, tmp_path / "b.sav")).columns == ("age",)


def test_labels_of_columns_that_are_no_items_are_written(tmp_path: Path) -> None:
    form = ek.Instrument("f", [ek.Item("age", "integer")])
    data = ek.Dataset(
        pd.DataFrame({"age": [12, 13], "stratum": [1, 9]}),
        labels={"stratum": "Stratum"},
        value_labels={"stratum": {1: "Town"}},
        missing={"stratum": {9: ek.Missing.TECHNICAL}},
    )
    for suffix in (".sav", ".dta"):
        again = ek.read(ek.instrument.write_labelled(data, form, tmp_path / f"a{suffix}"))
        assert again.labels["stratum"] == "Stratum"
        assert again.value_labels["stratum"][1] == "Town"
        assert again.kinds("stratum") == {ek.Missing.TECHNICAL: 1}


def test_a_column_nobody_was_asked_is_numbers_all_the_same(tmp_path: Path) -> None:
    form, frame = _worlds()
    frame = frame.assign(online=0, sex=None, happened=None, hours=np.nan, told=None, since=None, more=None).astype({"happened": float})
    data = ek.instrument.dataset(frame, form)
    for suffix in (".sav", ".dta"):
        again = ek.read(ek.instrument.write_labelled(data, form, tmp_path / f"a{suffix}"))
        for name in ("happened", "hours"):
            assert again.kinds(name) == {ek.Missing.NOT_ASKED: 6}, suffix
            assert again.frame[name].dtype.kind == "f"
