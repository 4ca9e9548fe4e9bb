"""Example 02 on the real file reproduces the published report, and by-group numbers equal R's."""

from __future__ import annotations

import json
import os
import runpy
import sys
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]
FILE = Path(os.environ.get("EVIDENCEKIT_YRBS", ROOT.parent / "shared" / "data" / "yrbs_2019" / "yrbs2019.sav"))
REFERENCE = json.loads((ROOT / "tests" / "reference" / "survey" / "yrbs.json").read_text(encoding="utf-8"))


@pytest.mark.outside
@pytest.mark.skipif(not FILE.is_file(), reason="the public survey file is not here; EVIDENCEKIT_YRBS can name it")
def test_the_published_report_is_reproduced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["02", str(FILE)])
    made = runpy.run_path(str(ROOT / "examples" / "02_national_school_survey.py"), run_name="__main__")
    printed = capsys.readouterr().out
    for words in (
        "15.7 (14.615 to 16.872)",
        "19.5 (18.169 to 20.944)",
        "10.8 (9.938 to 11.690)",
        "8.2 (7.400 to 9.084)",
        "8.2 (7.186 to 9.402)",
    ):
        assert words in printed
    want = next(d for d in REFERENCE["differences"] if d["indicator"] == "QN24")
    got = made["ek"].difference(made["bullied"], {"sex": "girl"}, {"sex": "boy"})
    np.testing.assert_allclose([got.points[0], got.se[0], got.df[0]], [want["est"], want["se"], want["df"]], rtol=1e-8)
    np.testing.assert_allclose([got.interval.low[0], got.interval.high[0]], want["t_interval"], rtol=1e-8)
