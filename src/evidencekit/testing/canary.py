"""A canary: a secret is put among the answers and errors are provoked; no message, warning or error behind an error may hold it."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from evidencekit.errors import EvidencekitError, InputError
from evidencekit.testing.bench import Bench

__all__ = ["of_messages"]

SECRET, NUMBER = "violet-otter-4917", -918273.25


def of_messages(bench: Bench) -> list[str]:
    """No answer is in what a failing analysis says, and what it raises is the library's own."""
    found: list[str] = []
    for what, data in _provoked(bench.columns).items():
        raised, said = _said(bench, data)
        if SECRET in said or str(abs(NUMBER)) in said:
            found += [f"canary: with {what} a message holds an answer"]
        if what == "no column y" and not isinstance(raised, InputError):
            kind = "nothing" if raised is None else type(raised).__name__
            found += [f"canary: with {what} it raises {kind}, not InputError"]
        elif raised is not None and not isinstance(raised, EvidencekitError):
            found += [f"canary: with {what} it raises {type(raised).__name__}, none of evidencekit's own errors"]
    return found


def _provoked(columns: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Data with something wrong, and the secret in a column that nobody asked for."""
    count = len(columns["y"])
    texts = np.array([f"{SECRET}-{place}" for place in range(count)], dtype=object)
    data = {**columns, "note": texts}
    weights = np.where(np.arange(count) == 0, NUMBER, columns["weight"])
    unknown = np.where(np.arange(count) == 0, np.nan, columns["weight"])
    return {
        "no column y": {name: column for name, column in data.items() if name != "y"},
        "text in y": {**data, "y": texts},
        "one text in y": {**data, "y": np.where(np.arange(count) == 0, texts, columns["y"].astype(object))},
        "no column weight": {name: column for name, column in data.items() if name != "weight"},
        "a missing weight": {**data, "weight": unknown},
        "a negative weight": {**data, "weight": weights},
        "text in weight": {**data, "weight": texts},
        "no column psu": {name: column for name, column in data.items() if name != "psu"},
    }


def _said(bench: Bench, data: dict[str, Any]) -> tuple[Exception | None, str]:
    """What was raised, and all that was said: warnings, the error, and the errors behind it."""
    raised: Exception | None = None
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            bench.method.analyse(data)
        except Exception as error:
            raised = error
    words = [str(one.message) for one in warned]
    at: BaseException | None = raised
    while at is not None:
        words += [str(at), *map(str, getattr(at, "__notes__", ()))]
        at = at.__cause__ or at.__context__
    return raised, "\n".join(words)
