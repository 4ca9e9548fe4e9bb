"""What interviewers and modes do is asked of a Survey in memory."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import polars as pl
import pytest

import evidencekit as ek
from evidencekit.errors import InputError

FRAME = pd.DataFrame({"y": [0, 1] * 20, "who": list(range(10)) * 4, "age": range(40), "w": 1.0})
VERBS: dict[str, Callable[[Any], Any]] = {
    "interviewer_effect": lambda s: ek.models.interviewer_effect(s, "y", interviewer="who"),
    "mode_effect": lambda s: ek.models.mode_effect(s, "y", mode="who", adjust="age"),
}


@pytest.mark.parametrize("name", VERBS)
def test_what_is_no_survey_or_lazy_is_refused_by_name(name: str) -> None:
    with pytest.raises(InputError, match=rf"{name}\(\) takes a Survey, not a DataFrame"):
        VERBS[name](FRAME)
    with pytest.raises(InputError, match=rf"{name}\(\) revisits rows"):
        VERBS[name](ek.Survey(pl.from_pandas(FRAME).lazy(), weights="w"))
