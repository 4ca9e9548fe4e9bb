"""What release hides, and that a hidden cell is gone everywhere."""

from __future__ import annotations

import dataclasses
import pickle

import numpy as np
import pandas as pd
import pytest

import evidencekit as ek


def survey_with(cases: dict[str, tuple[int, int]]) -> ek.Survey:
    """A survey of domains with the given (cases, others), spread over eight sampling units."""
    rows = [(g, y) for g, (yes, no) in cases.items() for y in [1] * yes + [0] * no]
    frame = pd.DataFrame(rows, columns=["g", "y"])
    frame["psu"] = np.arange(len(frame)) % 8
    frame["weight"] = 10.0 + np.arange(len(frame)) % 3
    return ek.Survey(frame, weights="weight", psu="psu")


def test_few_cases_are_hidden_and_a_second_cell_goes_too() -> None:
    safe = ek.release(ek.proportion(survey_with({"a": (4, 200), "b": (60, 200), "c": (30, 200)}), "y", by="g"))
    assert safe.status == ("protected", "shown", "protected")
    assert safe.reason == ("fewer than 10 cases", "", "would give a hidden cell away")


def test_the_complement_counts() -> None:
    safe = ek.release(ek.proportion(survey_with({"a": (200, 4), "b": (60, 200), "c": (90, 200)}), "y", by="g"))
    assert safe.reason[0] == "fewer than 10 who are not cases"


def test_nothing_of_a_hidden_cell_is_left() -> None:
    safe = ek.release(ek.proportion(survey_with({"a": (4, 200), "b": (60, 200), "c": (30, 200)}), "y", by="g"))
    table = safe.to_frame()
    gone = table.loc[table["status"] == "protected"]
    numbers = ["estimate", "se", "rse", "low", "high", "df", "n", "cases", "psus", "weighted_n", "n_eff", "deff"]
    assert gone[numbers].isna().all().all()
    assert table.loc[table["status"] == "shown", numbers].notna().all().all()
    assert "not audited" in repr(safe)
    assert "204" not in repr(safe)


def test_what_a_release_carries_holds_nothing_of_a_hidden_cell() -> None:
    """Once the whole Estimate, and a digest of its numbers, travelled with the release: a pickle or a record gave the cell away."""
    one = ek.release(ek.proportion(survey_with({"a": (4, 200), "b": (60, 200), "c": (30, 200)}), "y", by="g"))
    two = ek.release(ek.proportion(survey_with({"a": (5, 199), "b": (60, 200), "c": (30, 200)}), "y", by="g"))
    for safe in (one, two):
        carried = pickle.loads(pickle.dumps(safe)).estimate
        hidden = [i for i, s in enumerate(safe.status) if s == "protected"]
        assert hidden == [0, 2]
        assert np.isnan(carried.vcov[hidden]).all()
        assert np.isnan(carried.vcov[:, hidden]).all()
        for f in dataclasses.fields(carried.counts):
            assert np.isnan(getattr(carried.counts, f.name)[hidden]).all()
        for numbers in (carried.points, carried.df, carried.interval.low, carried.interval.high):
            assert np.isnan(numbers[hidden]).all()
            assert np.isfinite(numbers[1])
        assert carried.support is None
    assert one.estimate.provenance.data == two.estimate.provenance.data


def test_few_sampling_units_are_hidden() -> None:
    frame = survey_with({"a": (40, 40), "b": (60, 60), "c": (50, 50)}).data
    frame.loc[frame["g"] == "a", "psu"] = np.where(np.arange((frame["g"] == "a").sum()) % 2, 0, 1)
    safe = ek.release(ek.proportion(ek.Survey(frame, weights="weight", psu="psu"), "y", by="g"))
    assert safe.reason[0] == "fewer than 3 sampling units"


def test_imprecise_cells_are_flagged_not_hidden() -> None:
    safe = ek.release(ek.proportion(survey_with({"a": (12, 13), "b": (60, 200)}), "y", by="g"))
    assert safe.status[0] == "uncertain"
    assert safe.reason[0].startswith("too uncertain")


def test_bad_input() -> None:
    with pytest.raises(ek.errors.InputError, match="takes an Estimate"):
        ek.release("x")  # type: ignore[arg-type]
