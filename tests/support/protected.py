"""Numbers of R sdcMicro 5.8 on its own example data, which are not ours to distribute: EVIDENCEKIT_PROTECT names their folder."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("EVIDENCEKIT_PROTECT", ROOT.parent / "shared" / "reference" / "protect"))
needed = pytest.mark.skipif(
    not (FOLDER / "sdcmicro.json").is_file(), reason="the reference data are not here; EVIDENCEKIT_PROTECT can name them"
)


@cache
def expected() -> dict[str, Any]:
    """What is one number for a whole file."""
    return json.loads((FOLDER / "sdcmicro.json").read_text(encoding="utf-8"))


@cache
def table(name: str) -> pd.DataFrame:
    """A file of numbers, a row each."""
    return pd.read_csv(FOLDER / f"{name}.csv")
