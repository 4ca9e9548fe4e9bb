"""R survey's numbers on R's own example data, which are not ours to distribute: EVIDENCEKIT_REFERENCE names their folder."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(os.environ.get("EVIDENCEKIT_REFERENCE", ROOT.parent / "shared" / "reference" / "survey"))
marks = [
    pytest.mark.outside,
    pytest.mark.skipif(
        not (FOLDER / "expected.json").is_file(), reason="the reference data are not here; EVIDENCEKIT_REFERENCE can name them"
    ),
]


@cache
def _file() -> dict[str, Any]:
    return json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))


@cache
def expected() -> dict[str, Any]:
    """Each case's result, by its name."""
    return {c["id"]: c["result"] for c in _file()["cases"]}


def design(name: str) -> dict[str, Any]:
    """How R made a design, and its replicates' scales."""
    return _file()["designs"][name]


def close(got: Any, want: Any, rtol: float = 1e-8) -> None:
    """Equal to a relative tolerance; a variance that is exactly nought in R may be the square of a rounding error here."""
    wanted = np.array([float(v) for v in np.ravel(np.array(want, dtype=object))])
    scale = float(np.nanmax(np.abs(wanted))) if wanted.size else 0.0
    np.testing.assert_allclose(np.ravel(got), wanted, rtol=rtol, atol=max(1e-14 * scale, 1e-14))
