"""A small form, answers to it, and tables of corrections, as the tests of corrections need them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa

import evidencekit as ek
from evidencekit import instrument

DK, RF = ek.Missing.DONT_KNOW, ek.Missing.REFUSED
KINDS: dict[str, Callable[[pd.DataFrame], Any]] = {
    "pandas": lambda f: f,
    "polars": pl.from_pandas,
    "pyarrow": lambda f: pa.Table.from_pandas(f, preserve_index=False),
}
YES_NO = ek.Choices("yes_no", {1: "Yes", 0: "No", 98: "I do not know", 99: "I prefer not to say"}, missing={98: DK, 99: RF})
USES = ek.Choices("uses", {"chat": "Chats", "game": "Games", "none": "None of these", "99": "I prefer not to say"}, missing={99: RF})
FORM = ek.Instrument(
    "lesson",
    [
        ek.Item("age", "integer", "How old are you?", constraint=". >= 12 and . <= 17", required=True, missing={98: DK}),
        ek.Item("online", "select_one", "Do you use the internet?", YES_NO),
        instrument.Group(
            "use",
            [
                ek.Item("uses", "select_multiple", "What for?", USES),
                ek.Item("hours", "decimal", "How many hours a day?", constraint=". <= 24"),
            ],
            relevant="${online} = 1",
        ),
        ek.Item("day", "date", "What day is it?"),
        ek.Item("note", "text", "Anything else?", role="free-text"),
        instrument.Group("device", [ek.Item("brand", "text")], repeat=True),
    ],
)


def answers() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "key": ["k1", "k2", "k3", "k4"],
            "interviewer": ["I1", "I1", "I2", "I2"],
            "age": [12, 51, 14, 13],
            "online": [1.0, 1.0, 0.0, np.nan],
            "uses": ["chat", "chat game", None, None],
            "uses/chat": [1.0, 1.0, np.nan, np.nan],
            "uses/game": [0.0, 1.0, np.nan, np.nan],
            "uses/none": [0.0, 0.0, np.nan, np.nan],
            "uses/99": [0.0, 0.0, np.nan, np.nan],
            "hours": [1.5, 25.0, np.nan, np.nan],
            "note": ["a", None, "b", "c"],
        }
    )


def table(*rows: tuple[Any, ...], **more: Any) -> pd.DataFrame:
    """Corrections: id, item, action, new, and if there is a fifth part old; every one has a reason."""
    names = ["key", "item", "action", "new", "old"]
    made = pd.DataFrame([dict(zip(names, row, strict=False)) for row in rows], columns=names).astype(object)
    return made.assign(reason="called back", who="S1", **more)


def rows_of(data: Any) -> list[dict[str, Any]]:
    """The rows as Python values, NaN as None."""
    frame = nw.from_native(data.frame if isinstance(data, ek.Dataset) else data, eager_only=True)
    return [{k: None if v is None or v != v else v for k, v in row.items()} for row in frame.rows(named=True)]
