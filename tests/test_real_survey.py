"""Example 02 on the real file reproduces the published report, and by-group numbers equal R's."""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import evidencekit as ek

ROOT = Path(__file__).resolve().parents[1]
FILE = Path(os.environ.get("EVIDENCEKIT_YRBS", ROOT.parent / "shared" / "data" / "yrbs_2019" / "yrbs2019.sav"))
REFERENCE = json.loads((ROOT / "tests" / "reference" / "survey" / "yrbs.json").read_text(encoding="utf-8"))


pytestmark = [
    pytest.mark.outside,
    pytest.mark.skipif(not FILE.is_file(), reason="the public survey file is not here; EVIDENCEKIT_YRBS can name it"),
]
LEVELS: dict[str, dict[str, Any]] = {
    "sex": {"female": "girl", "male": "boy"},
    "race": {"white": "White", "black": "Black", "hispanic": "Hispanic or Latino", "other": "Other"},
    "raceeth": {str(code): float(code) for code in range(1, 9)},
    "grade": {str(grade): grade for grade in range(9, 13)},
}


def run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What example 02 leaves behind when it is run on the real file."""
    monkeypatch.chdir(folder)
    monkeypatch.setattr(sys, "argv", ["02", str(FILE)])
    return runpy.run_path(str(ROOT / "examples" / "02_national_school_survey.py"), run_name="__main__")


def test_the_published_report_is_reproduced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    run(tmp_path, monkeypatch)
    printed = capsys.readouterr().out
    for words in (
        "15.7 (14.615 to 16.872)",
        "19.5 (18.169 to 20.944)",
        "10.8 (9.938 to 11.690)",
        "8.2 (7.400 to 9.084)",
        "8.2 (7.186 to 9.402)",
    ):
        assert words in printed
    # The design has 53 units in 16 strata; two of the questions have no answers at all in three units.
    assert printed.count("df 37; published") == 3
    assert printed.count("df 34; published") == 2


def test_shares_by_group_and_differences_equal_those_of_r(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(tmp_path, monkeypatch)
    survey, compared = made["survey"], 0
    for by in (None, *LEVELS):
        cases = [c for c in REFERENCE["cases"] if c["by"] == (by or "all") and c["indicator"] in made["words"]]
        for case in cases:
            shares = {how: ek.proportion(survey, case["indicator"], by=by, interval=how) for how in ("xlogit", "beta", "wald")}
            est = shares["xlogit"]
            cell = 0 if by is None else est.cells.find({by: LEVELS[by][case["level"]]})
            got = [est.points[cell], est.se[cell], est.df[cell], est.counts.n[cell], est.counts.weighted_n[cell], est.counts.deff[cell]]
            want = [case[k] for k in ("est", "se", "df", "n", "weighted_n", "deff_wr")]
            np.testing.assert_allclose(got, want, rtol=1e-8)
            for how, theirs in (("xlogit", "xlogit"), ("beta", "beta"), ("wald", "mean")):
                limits = shares[how].interval  # within 0 and 1, where R's "mean" goes below
                np.testing.assert_allclose(
                    [limits.low[cell], limits.high[cell]], np.clip(case[theirs], 0, 1), rtol=1e-8
                )  # a share is none of R's -0.04
            compared += 1
    assert compared == 5 * (1 + 2 + 4 + 8 + 4)
    for want in REFERENCE["differences"]:
        if want["indicator"] in made["words"]:
            shares = ek.proportion(survey, want["indicator"], by="sex")
            got = ek.difference(shares, {"sex": "girl"}, {"sex": "boy"})
            np.testing.assert_allclose([got.points[0], got.se[0], got.df[0]], [want["est"], want["se"], want["df"]], rtol=1e-8)
            np.testing.assert_allclose([got.interval.low[0], got.interval.high[0]], want["t_interval"], rtol=1e-8)
            girl, boy = shares.cells.find({"sex": "girl"}), shares.cells.find({"sex": "boy"})
            np.testing.assert_allclose(shares.covariance.of([girl, boy]), want["vcov"], rtol=1e-8, atol=1e-16)


# R survey 4.1.1 (tests/reference/models/yrbs_models.R).
COEFFICIENTS = [-2.7358713253193163, 0.7697240966155264, -0.0350573322686548, -0.1742104139335795, -0.1090606000030677]
COEFFICIENTS += [0.4293374279966309, 0.7084983315508163, 0.9057524066363809]
STANDARD_ERRORS = [0.1127897807779736, 0.0857687612817926, 0.0858110388984970, 0.0838251658866886, 0.0874053835902901]
STANDARD_ERRORS += [0.1055585789595904, 0.1213677697953867, 0.0836069595400065]


def test_the_model_and_the_test_of_association_equal_those_of_r(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = run(tmp_path, monkeypatch)
    model = made["model"]
    np.testing.assert_allclose(model.coefficients, COEFFICIENTS, rtol=1e-8)
    np.testing.assert_allclose(model.estimate.se, STANDARD_ERRORS, rtol=1e-8)
    assert model.df == 30
    test = ek.tables.association(made["survey"], "sex", "QN24")
    np.testing.assert_allclose([test.statistic, *test.df], [83.6762442396553, 1, 37], rtol=1e-8)
