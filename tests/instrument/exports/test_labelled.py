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
@pytest.mark.parametrize("language", [None, "French (fr)"])
def test_everything_comes_back(tmp_path: Path, data: Any, suffix: str, language: str | None) -> None:
    again = ek.read(ek.instrument.write_labelled(data, FORM, tmp_path / f"a{suffix}", language=language))
    assert list(again.columns) == list(data.columns)
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
            continue  # Stata declares no missing text
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
        one = ek.read(ek.instrument.write_labelled(data, FORM, tmp_path / f"a{suffix}"))
        frame = pl.from_pandas(data.frame.astype({"used": object}))
        two = ek.read(ek.instrument.write_labelled(frame, FORM, tmp_path / f"b{suffix}"))
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
