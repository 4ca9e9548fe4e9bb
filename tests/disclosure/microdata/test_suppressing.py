"""k-anonymity holds after local suppression under both conventions, and no more is taken out than by sdcMicro."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from kinds import EAGER, frame_as
from protecting import KEYS7, matching, needs_testdata, people, testdata

import evidencekit as ek
from evidencekit.disclosure.microdata import suppress_locally
from evidencekit.disclosure.microdata.held import hold
from evidencekit.disclosure.microdata.patterns import keyed, matches
from evidencekit.errors import InputError

KEYS = ["area", "sex", "age", "size"]
MISSING = {"size": {9: ek.Missing.REFUSED}}


@needs_testdata
@pytest.mark.parametrize(("k", "theirs"), [(2, 157), (3, 299), (5, 513)])
def test_not_more_than_sdcmicro_takes_out(k: int, theirs: int) -> None:
    """sdcMicro 5.8.0, kAnon on testdata with seven keys."""
    made = suppress_locally(testdata(), KEYS7, k=k)
    assert made.entry.counts["values taken out"] <= theirs
    gone = made.data[KEYS7].isna().to_numpy().sum()
    assert gone == made.entry.counts["values taken out"]
    assert matches(keyed(hold(made.data), KEYS7, "matches any")).min() >= k


@given(seed=st.integers(0, 1000), n=st.integers(8, 60))
def test_counts_of_matches_are_those_of_the_slow_way(seed: int, n: int) -> None:
    frame = people(n, seed).reset_index(drop=True)
    assert matches(keyed(hold(frame), KEYS, "matches any")).tolist() == matching(frame, KEYS)


@settings(max_examples=40)
@given(seed=st.integers(0, 1000), n=st.integers(8, 70), k=st.integers(2, 6), typed=st.booleans())
def test_k_records_match_each_where_missing_matches_any(seed: int, n: int, k: int, typed: bool) -> None:
    frame = people(n, seed)
    data: Any = ek.Dataset(frame, missing=MISSING) if typed else frame
    before = frame.copy()
    made = suppress_locally(data, KEYS, k=k)
    after = made.data.to_frame() if typed else made.data
    assert min(matching(after, KEYS)) >= k
    pd.testing.assert_frame_equal(frame, before)
    kept = after[KEYS].notna()
    plain = data.to_frame() if typed else frame
    same = after[KEYS].astype(object).where(kept) == plain[KEYS].astype(object).where(kept)
    assert (same | ~kept).all().all(), "a value was changed, not taken out"
    assert (plain[KEYS].notna() & ~kept).to_numpy().sum() == made.entry.counts["values taken out"]


@settings(max_examples=40)
@given(seed=st.integers(0, 1000), n=st.integers(8, 70), k=st.integers(2, 6), typed=st.booleans())
def test_k_records_look_alike_where_missing_is_a_category(seed: int, n: int, k: int, typed: bool) -> None:
    frame = people(n, seed)
    made = suppress_locally(ek.Dataset(frame, missing=MISSING) if typed else frame, KEYS, k=k, missing="own category").data
    file = made.frame if typed else made
    assert file.groupby(KEYS, dropna=False).size().min() >= k


@pytest.mark.parametrize(("others", "taken"), [(9, 3), (5, 3), (4, 5), (3, 4), (2, 3)])
def test_the_last_ones_get_company_from_a_group_that_can_spare_it_or_from_a_whole_one(others: int, taken: int) -> None:
    frame = pd.DataFrame({"area": ["x", *["y"] * others]})
    made = suppress_locally(frame, ["area"], k=3, missing="own category").data
    assert made["area"].isna().sum() == taken
    assert made.groupby("area", dropna=False).size().min() >= 3


@settings(max_examples=25)
@given(seed=st.integers(0, 300))
def test_within_strata(seed: int) -> None:
    frame = people(80, seed)
    made = suppress_locally(frame, ["area", "age", "size"], k=3, strata=["sex"]).data
    assert all(min(matching(part, ["area", "age", "size"])) >= 3 for _, part in made.groupby("sex"))
    assert made["sex"].equals(frame["sex"])


@needs_testdata
def test_what_is_important_is_kept() -> None:
    plain = suppress_locally(testdata(), KEYS7, k=3).entry.counts
    dear = suppress_locally(testdata(), KEYS7, k=3, importance={"relat": 10}).entry.counts
    assert dear["from relat"] < plain["from relat"] / 4
    assert dear["values taken out"] >= plain["values taken out"]


@pytest.mark.parametrize("kind", EAGER)
@pytest.mark.parametrize("missing", ["matches any", "own category"])
def test_every_kind_of_frame_gives_the_same(kind: str, missing: Any) -> None:
    frame = people(50).reset_index(drop=True)
    data = frame_as(kind, frame)
    made = suppress_locally(data, KEYS, missing=missing)
    assert type(made.data) is type(data)
    assert made.entry == suppress_locally(frame, KEYS, missing=missing).entry


def test_in_a_dataset_a_code_says_so_and_is_no_answer() -> None:
    frame = people(50)
    frame.loc[frame.index[0], "sex"] = -9  # an answer, so that -9 is not free
    data = ek.Dataset(frame, labels={"sex": "Sex"}, missing=MISSING)
    made = suppress_locally(data, KEYS, k=4).data
    assert made.frame["sex"].dtype.kind == "i"
    code = next(c for c, kind in made.missing["sex"].items() if kind is ek.Missing.SUPPRESSED)
    assert code == -99
    assert code not in frame["sex"].to_numpy()
    assert made.missing["size"][9] is ek.Missing.REFUSED
    assert made.kinds("size").get(ek.Missing.REFUSED) == (frame["size"] == 9).sum()
    assert made.kinds("sex")[ek.Missing.SUPPRESSED] == (made.frame["sex"] == code).sum() > 0
    assert made.to_frame()["sex"].isna().sum() == (made.frame["sex"] == code).sum()


def test_a_second_time_nothing_is_left_to_do() -> None:
    once = suppress_locally(people(70), KEYS)
    assert suppress_locally(once.data, KEYS).entry.counts["values taken out"] == 0


def test_categories_of_values_taken_out_do_not_stay_in_the_type() -> None:
    frame = people(60).reset_index(drop=True)
    frame.loc[0, "area"] = "s3cret"
    frame["area"] = frame["area"].astype("category")
    made = suppress_locally(frame, ["area"], k=2).data
    assert "s3cret" not in repr(made["area"].dtype)
    assert "s3cret" not in made.to_csv()


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no keys": ({"keys": []}, "1 to 16"),
    "a key twice": ({"keys": ["sex", "sex"]}, "twice"),
    "a number for keys": ({"keys": 3}, "names of columns"),
    "k of one": ({"k": 1}, "2 or more"),
    "k that is true": ({"k": True}, "2 or more"),
    "more than there are": ({"k": 61}, "fewer than 61"),
    "a small stratum": ({"keys": ["sex"], "strata": ["area"], "k": 15}, "1 stratum has"),
    "a stratum that is a key": ({"strata": ["sex"]}, "stratum too"),
    "importance of another column": ({"importance": {"weight": 2}}, "mapping of keys"),
    "importance of nothing": ({"importance": {"sex": 0}}, "above 0"),
    "a convention that is none": ({"missing": "any"}, "not known"),
    "a column that is not there": ({"keys": ["sexe"]}, "sexe"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_told(case: str) -> None:
    given_, words = BAD[case]
    with pytest.raises(InputError, match=words) as told:
        suppress_locally(people(), **{"keys": KEYS, **given_})
    assert not any(level in str(told.value) for level in ("north", "south", "east"))


def test_ten_thousand_records_and_ten_keys_in_seconds() -> None:
    rng = np.random.default_rng(3)
    frame = pd.DataFrame({f"k{j}": rng.integers(0, 2 + j % 3, 10_000) for j in range(8)})
    made = suppress_locally(frame, list(frame.columns), k=3)
    assert matches(keyed(hold(made.data), list(frame.columns), "matches any")).min() >= 3
