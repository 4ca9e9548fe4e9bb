"""R survey's numbers on R's own example data, which are not ours to distribute: EVIDENCEKIT_REFERENCE names their folder."""

from __future__ import annotations

import json
import os
from collections import Counter
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


def paths(node: Any, at: str = "") -> Counter[str]:
    """How often each entry stands in a file, by its names joined with dots; a list of numbers is one entry."""
    if isinstance(node, dict):
        return sum((paths(value, f"{at}.{name}".strip(".")) for name, value in node.items()), Counter[str]())
    if isinstance(node, list) and node and isinstance(node[0], dict):
        return sum((paths(value, at) for value in node), Counter[str]())
    return Counter({at: 1})


class Watched(dict[str, Any]):
    """A result that knows which of its entries were looked at, also within its parts."""

    def __init__(self, result: dict[str, Any]) -> None:
        super().__init__({name: watched(value) for name, value in result.items()})
        self.seen: set[str] = set()

    def __getitem__(self, name: str) -> Any:
        self.seen.add(name)
        return super().__getitem__(name)

    def unseen(self) -> set[str]:
        """The names nobody looked at."""
        out = set(self) - self.seen
        for name in self.seen:
            part = super().__getitem__(name)
            inner = part if isinstance(part, list) else [part]
            out |= {f"{name}.{left}" for one in inner if isinstance(one, Watched) for left in one.unseen()}
        return out


def watched(value: Any) -> Any:
    """A dict, or a list of them, that is watched; anything else as it is."""
    if isinstance(value, dict):
        return Watched(value)
    return [watched(one) for one in value] if isinstance(value, list) and value and isinstance(value[0], dict) else value


def design(name: str) -> dict[str, Any]:
    """How R made a design, and its replicates' scales."""
    return _file()["designs"][name]


def close(got: Any, want: Any, rtol: float = 1e-8) -> None:
    """Equal to a relative tolerance; a variance that is exactly nought in R may be the square of a rounding error here."""
    wanted = np.array([float(v) for v in np.ravel(np.array(want, dtype=object))])
    scale = float(np.nanmax(np.abs(wanted))) if wanted.size else 0.0
    np.testing.assert_allclose(np.ravel(got), wanted, rtol=rtol, atol=max(1e-14 * scale, 1e-14))
