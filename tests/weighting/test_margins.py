"""Population totals as analysts have them: read from any shape, matched to the data, refused where they would mislead."""

from __future__ import annotations

from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pytest
from margined import REGION, SEX, people, sums, survey_of

import evidencekit as ek
from evidencekit.errors import InputError, WeightingError

PARTS = pd.DataFrame({"sex": ["girl", "girl", "boy", "boy"], "region": [1, 2, 1, 2], "total": [3000.0, 2200.0, 2500.0, 2300.0]})


def shapes(total: str = "total") -> dict[str, Any]:
    frame = pd.DataFrame({"sex": list(SEX), total: list(SEX.values())})
    return {
        "pandas": frame,
        "polars": pl.from_pandas(frame),
        "pyarrow": pl.from_pandas(frame).to_arrow(),
        "series": frame.set_index("sex")[total],
        "mapping": SEX,
        "numpy": {k: np.float64(v) for k, v in SEX.items()},
    }


@pytest.mark.parametrize("shape", list(shapes()))
@pytest.mark.parametrize("total", ["total", "count", "Freq", "n"])
def test_totals_come_in_the_shapes_analysts_have(shape: str, total: str) -> None:
    frame = people()
    made = ek.weighting.rake(survey_of(frame), {"sex": shapes(total)[shape]})
    assert sums(made, frame, "sex") == pytest.approx(SEX, rel=1e-10)


def test_a_series_of_combinations_in_either_order() -> None:
    frame = people()
    want = frame.groupby(["region", "sex"])["w"].sum() * 1.5
    for series in (want, want.swaplevel()):
        made = ek.weighting.poststratify(survey_of(frame), ["sex", "region"], series)
        np.testing.assert_allclose(made.w, frame["w"] * 1.5, rtol=1e-10)
    shares = frame["sex"].value_counts(normalize=True)
    made = ek.weighting.rake(survey_of(frame), {"sex": shares})
    assert sums(made, frame, "sex") == pytest.approx((shares * frame["w"].sum()).to_dict(), rel=1e-10)


@pytest.mark.parametrize("shape", ["pandas", "polars", "pyarrow", "series"])
@pytest.mark.parametrize("verb", ["rake", "poststratify", "calibrate"])
def test_a_level_given_twice_is_refused(shape: str, verb: str) -> None:
    whole = pl.from_pandas(PARTS)
    parts: Any = {"pandas": PARTS, "polars": whole, "pyarrow": whole.to_arrow(), "series": PARTS.set_index("sex")["total"]}[shape]
    make: Any = getattr(ek.weighting, verb)
    given = ("sex", parts) if verb == "poststratify" else ({"sex": parts},)
    with pytest.raises(InputError, match=r"2 of 4 rows repeat a level .* sum the totals over the other columns first"):
        make(survey_of(people()), *given)


@pytest.mark.parametrize(
    ("margins", "says"),
    [
        ({"region": {1: 0.333, 2: 0.333, 3: 0.333}}, "add up to 0.999: shares add up to 1"),
        ({"sex": {"girl": 0.5, "boy": 0.5}, "region": {1: 0.333, 2: 0.333, 3: 0.333}}, "'region' add up to 0.999"),
        ({"sex": {"girl": 49, "boy": 51}}, "look like percentages"),
        ({"sex": {"girl": 49.3, "boy": 51}}, "look like percentages"),
        ({"sex": {"girl": 60, "boy": 70}}, "fewer than the 240 rows"),
        ({"sex": {"girl": 0.3, "boy": 0.3}}, "fewer than the 240 rows"),
        ({"sex": {"girl": 52, "boy": 48}, "region": {1: 0.3, 2: 0.45, 3: 0.25}}, "percentages"),
        ({"sex": SEX, "region": {**REGION, 3: 2501.0}}, "population_total="),
    ],
)
def test_totals_that_are_not_what_they_seem(margins: Any, says: str) -> None:
    survey = survey_of(people())
    with pytest.raises(WeightingError, match=says):
        ek.weighting.rake(survey, margins)
    with pytest.raises(WeightingError, match=says):
        ek.weighting.calibrate(survey, margins)
    made = ek.weighting.rake(survey, margins, population_total=10_000)
    assert made.w.sum() == pytest.approx(10_000, rel=1e-10)


def test_totals_that_are_legitimate_stay_so() -> None:
    frame = people()
    normalised = survey_of(frame.assign(w=frame["w"] / frame["w"].mean()))
    made = ek.weighting.rake(normalised, {"sex": {"girl": 120.0, "boy": 120.0}})
    assert made.w.sum() == pytest.approx(240)
    few = frame.iloc[:60].assign(w=frame["w"].iloc[:60] / frame["w"].iloc[:60].sum() * 101)
    made = ek.weighting.rake(survey_of(few), {"sex": {"girl": 52.0, "boy": 48.0}})
    assert made.w.sum() == pytest.approx(100)


def test_a_population_total_brings_every_margin_to_it() -> None:
    frame = people()
    survey = survey_of(frame)
    rounded = {"sex": {"girl": 32_000, "boy": 31_000}, "region": {1: 18_900, 2: 28_349, 3: 15_750}}
    made = ek.weighting.rake(survey, rounded, population_total=63_000)
    assert sums(made, frame, "region") == pytest.approx({k: v * 63_000 / 62_999 for k, v in rounded["region"].items()}, rel=1e-9)
    assert sums(made, frame, "sex") == pytest.approx(rounded["sex"], rel=1e-9)
    thirds = ek.weighting.poststratify(survey, "region", {1: 0.333, 2: 0.333, 3: 0.333}, population_total=9_000)
    assert list(sums(thirds, frame, "region").values()) == pytest.approx([3_000] * 3, rel=1e-10)
    both = ek.weighting.calibrate(survey, {"sex": {"girl": 0.52, "boy": 0.48}, "age": 132_000.0}, population_total=10_000)
    assert sums(both, frame, "sex") == pytest.approx(SEX, rel=1e-9)
    part = ek.weighting.rake(survey, {"sex": {"girl": 0.5, "boy": 0.5}}, population_total=3_000, where=nw.col("region") == 1)
    assert sums(part, frame, "region")[1] == pytest.approx(3_000, rel=1e-10)


@pytest.mark.parametrize("wrong", [-5, 0, float("nan"), float("inf"), True, "9000"])
def test_a_population_total_is_a_number_of_people(wrong: Any) -> None:
    survey = survey_of(people())
    for make in (
        lambda: ek.weighting.rake(survey, {"sex": SEX}, population_total=wrong),
        lambda: ek.weighting.poststratify(survey, "sex", SEX, population_total=wrong),
        lambda: ek.weighting.calibrate(survey, {}, population_total=wrong),
    ):
        with pytest.raises(InputError, match="population_total= is a number of people above 0"):
            make()


@pytest.mark.parametrize("value", ["many", "5000", "31,000", None, True])
def test_totals_that_are_no_numbers_are_told_without_showing_them(value: Any) -> None:
    survey = survey_of(people())
    given = {"girl": value, "boy": 4800.0}
    shapes: list[Any] = [given, pd.DataFrame({"sex": list(given), "total": pd.Series(list(given.values()), dtype=object)})]
    for totals in shapes:
        for verb in (ek.weighting.rake, ek.weighting.calibrate):
            with pytest.raises(InputError, match="1 of 2 are not numbers") as caught:
                verb(survey, {"sex": totals})
            assert str(value) not in str(caught.value).replace("31000", "")


def test_a_text_total_of_a_numeric_column_is_told() -> None:
    with pytest.raises(InputError, match=r"total of 'age' is text") as caught:
        ek.weighting.calibrate(survey_of(people()), {"age": "132,000"})
    assert "132" not in str(caught.value)


@pytest.mark.parametrize("bounds", [(0.5, 2, 3), (2,), "0.5, 2", ("a", 2), (2, 1), 3.0, (None, 2)])
def test_bounds_are_two_numbers(bounds: Any) -> None:
    survey = survey_of(people())
    for make, role in (
        (lambda: ek.weighting.rake(survey, {"sex": SEX}, bounds=bounds), "bounds="),
        (lambda: ek.weighting.calibrate(survey, {"sex": SEX}, bounds=bounds), "bounds="),
        (lambda: ek.weighting.calibrate(survey, {"sex": SEX}, weight_bounds=bounds), "weight_bounds="),
    ):
        with pytest.raises(InputError, match=f"^{role} are two numbers, the lower one first"):
            make()


def test_a_frame_stands_under_the_name_of_its_column() -> None:
    for given in (*(v for k, v in shapes().items() if k not in ("mapping", "numpy")), pl.Series([1.0])):
        for verb in (ek.weighting.rake, ek.weighting.calibrate):
            with pytest.raises(InputError, match=r"stands under its column's name: \{\"sex\": totals\}"):
                verb(survey_of(people()), given)


def test_which_column_of_a_frame_holds_the_totals() -> None:
    survey = survey_of(people())
    two = pd.DataFrame({"sex": list(SEX), "n": [1, 2], "count": list(SEX.values())})
    with pytest.raises(InputError, match="no column 'total'"):
        ek.weighting.rake(survey, {"sex": two})
    made = ek.weighting.rake(survey, {"sex": two.assign(total=list(SEX.values()))})
    assert made.w.sum() == pytest.approx(10_000)
    with pytest.raises(InputError, match="no column 'sex'"):
        ek.weighting.rake(survey, {"sex": two.rename(columns={"sex": "gender", "n": "x"})})


def test_a_level_that_only_the_analyst_wrote_is_named() -> None:
    survey = survey_of(people())
    with pytest.raises(WeightingError, match=r"1 of its levels in the data have no total and 1 of its totals have no rows \('grl'\)"):
        ek.weighting.rake(survey, {"sex": {"grl": 5200.0, "boy": 4800.0}})
    with pytest.raises(WeightingError, match=r"have no rows \(9, 8, 7, 6, 5 and 2 more\)"):
        ek.weighting.rake(survey, {"region": {**REGION, **dict.fromkeys([9, 8, 7, 6, 5, 4, 10], 1.0)}})
    with pytest.raises(WeightingError, match=r"have no rows \('grl'\)") as caught:
        ek.weighting.rake(survey, {("sex", "region"): {("grl", 1): 5.0, ("girl", 1): 5.0}})
    assert "'girl'" not in str(caught.value)


def test_text_for_numbers_is_hinted_at() -> None:
    frame = people().assign(code=lambda d: d["region"].astype(str))
    with pytest.raises(WeightingError, match="The totals name text, the column holds numbers"):
        ek.weighting.rake(survey_of(frame), {"region": {str(k): v for k, v in REGION.items()}})
    with pytest.raises(WeightingError, match="The totals name numbers, the column holds text"):
        ek.weighting.rake(survey_of(frame), {"code": REGION})


def test_a_level_outside_the_domain_is_only_counted() -> None:
    frame = people()
    with pytest.raises(WeightingError, match="1 of its totals have no rows") as caught:
        ek.weighting.rake(survey_of(frame), {"region": {1: 3000.0, 2: 3000.0}}, where=nw.col("region") == 1)
    assert "(2)" not in str(caught.value)


def test_dispositions_that_no_row_has_are_named_and_others_counted() -> None:
    frame = people(60).assign(result=[1, 2, 3] * 20)
    survey = survey_of(frame)
    with pytest.raises(InputError, match=r"60 rows .*name text, the column holds numbers"):
        ek.weighting.adjust_nonresponse(survey, ek.weighting.Dispositions("result", respondent="1", refused=["2", "3"]))
    with pytest.raises(InputError, match=r"20 rows .* 1 labels .*no row has \(33\)") as caught:
        ek.weighting.adjust_nonresponse(survey, ek.weighting.Dispositions("result", respondent=1, refused=[2, 33]))
    assert "3 " not in str(caught.value).replace("33", "")
