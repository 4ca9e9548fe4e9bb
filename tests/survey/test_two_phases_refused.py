"""Two phases of sampling: what is refused says so in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from phased import drawn, two_phase

import evidencekit as ek
from evidencekit.errors import DesignError, InputError, LonelyPSU, UnknownColumn, WeightingError

BASE = drawn(0)
FIRST = {"weights": "w", "strata": "h", "psu": "i"}
SECOND = {"strata": "cell"}
NULLS = BASE.inside.astype(object).mask(BASE.index < 2, None)
BAD: dict[str, tuple[pd.DataFrame, dict[str, Any], dict[str, Any], type[Exception], str]] = {
    "subset with nulls": (
        BASE.assign(inside=BASE.inside.astype(object).mask(BASE.index < 2, None)),
        FIRST,
        SECOND,
        DesignError,
        "missing in 2 of",
    ),
    "subset of numbers": (BASE.assign(inside=np.arange(len(BASE))), FIRST, SECOND, InputError, "not true/false"),
    "subset of text": (BASE.assign(inside="yes"), FIRST, SECOND, InputError, "does not hold numbers"),
    "nobody in phase 2": (BASE.assign(inside=0), FIRST, SECOND, DesignError, "no row is in phase 2"),
    "subset all missing": (BASE.assign(inside=None), FIRST, SECOND, DesignError, "missing in"),
    "a stratum without anyone": (
        BASE.assign(inside=BASE.inside & (BASE.cell == 0)),
        FIRST,
        SECOND,
        DesignError,
        "1 stratum of phase 2 has no unit in phase 2 at stage 1",
    ),
    "strata known in phase 2 only": (
        BASE.assign(cell=BASE.cell.where(BASE.inside)),
        FIRST,
        SECOND,
        DesignError,
        "'cell' is missing in .* rows of phase 1.*fpc=",
    ),
    "a unit alone": (
        BASE.assign(inside=BASE.inside & ((BASE.cell == 0) | (BASE.index == BASE.index[BASE.inside & (BASE.cell == 1)][0]))),
        FIRST,
        SECOND,
        LonelyPSU,
        "1 stratum has a single unit in phase 2 at stage 1",
    ),
    "weights of phase 1 missing": (BASE.assign(w=BASE.w.mask(BASE.index < 3)), FIRST, SECOND, DesignError, "3 missing"),
    "a column that is not there": (BASE, FIRST, {"strata": "cel"}, UnknownColumn, r"'cel'.*phase2=.*Did you mean 'cell'"),
    "no rows": (BASE.iloc[:0], FIRST, SECOND, InputError, "no rows"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_data(case: str) -> None:
    frame, first, second, error, words = BAD[case]
    with pytest.raises(error, match=f"(?s){words}"):
        two_phase(frame, first=first, second=second)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ({"method": "exact"}, "method='exact' is not known"),
        ({"phase1": ek.Stages(strata="h")}, "neither weights= nor fpc="),
        ({"phase1": ek.Stages(fpc="M", unequal="brewer")}, "unequal="),
        ({"phase2": ek.Stages(strata="cell", lonely="adjust")}, "lonely="),
        ({"phase2": "cell"}, "takes Stages"),
        ({"subset": None}, "subset="),
        ({"method": "approx", "phase1": ek.Stages(psu=("h", "i"), fpc=("M", "M"))}, "one stage"),
    ],
)
def test_bad_designs(made: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        ek.TwoPhase(**{"phase2": ek.Stages(strata="cell"), "subset": "inside", **made})


def test_other_refusals() -> None:
    survey = two_phase(BASE, first=FIRST, second=SECOND)
    with pytest.raises(InputError, match="cannot follow two phases"):
        ek.weighting.bootstrap(survey, seed=1)
    with pytest.raises(InputError, match="lazy"):
        two_phase(pl.from_pandas(BASE).lazy(), first=FIRST, second=SECOND)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="needs weights="):
        ek.Survey(BASE, design=ek.Stages(strata="h"))
    with pytest.raises(InputError, match="was given as well"):
        ek.Survey(BASE, weights="w", design=ek.TwoPhase(phase2=ek.Stages(), subset="inside"))


def test_bad_calibration_to_phase_1() -> None:
    survey = two_phase(BASE.assign(z=BASE.x.where(BASE.inside), c=BASE.k.where(BASE.inside)), first=FIRST, second=SECOND)
    to = ek.weighting.calibrate_to_phase1
    with pytest.raises(InputError, match="two phases"):
        to(ek.Survey(BASE, **FIRST), ["cell"])
    with pytest.raises(InputError, match="needs columns"):
        to(survey)
    with pytest.raises(InputError, match="sequence of column names"):
        to(survey, "cell")  # type: ignore[arg-type]
    with pytest.raises(UnknownColumn, match="cel"):
        to(survey, ["cel"])
    for asked in ({"numbers": ["z"]}, {"margins": ["c"]}):
        with pytest.raises(WeightingError, match="rows of phase 1"):
            to(survey, **asked)  # type: ignore[arg-type]


def test_a_lonely_stratum_of_phase_2_may_be_left_out() -> None:
    first_one = BASE.index[BASE.inside & (BASE.cell == 1)][0]
    frame = BASE.assign(inside=BASE.inside & ((BASE.cell == 0) | (BASE.index == first_one)))
    survey = two_phase(frame, first=FIRST, second={**SECOND, "lonely": "certainty"})
    est = ek.mean(survey, "y")
    assert est.se[0] > 0
    assert ("lonely in phase 2", "certainty") in est.provenance.policies
