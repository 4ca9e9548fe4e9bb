"""pandera over a form's data, the safe way, in one call."""

from __future__ import annotations

from datetime import date
from typing import Any

from evidencekit.frames import Dataset
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.rules.pandera import backend_of, compiled
from evidencekit.instrument.validating.running import need_form

__all__ = ["check_with_pandera"]


def check_with_pandera(data: Any, form: Instrument, *, today: date | str | None = None) -> Any:
    """Run the form's pandera schema over data, and let none of pandera's errors out.

    For those whose pipelines are built on pandera. `validate` looks at more, faster, and says more: it reports instead of raising.

    Parameters
    ----------
    data : Dataset or data frame
        pandas, polars (a LazyFrame is collected first) or pyarrow.
    form : Instrument
        What was asked. Repeats are left out: see `validate`.
    today : date or str, optional
        What ``today()`` is in the form's expressions.

    Returns
    -------
    The data, the same object.

    Raises
    ------
    InputError
        A rule is broken. The message has rules and counts of rows, never an answer.

    Examples
    --------
    >>> import pandas as pd, evidencekit as ek
    >>> form = ek.Instrument("lesson", [ek.Item("age", "integer", constraint=". >= 12", required=True)])
    >>> answers = pd.DataFrame({"age": [12, 15]})
    >>> ek.instrument.check_with_pandera(answers, form) is answers
    True
    """
    missing = data.missing if isinstance(data, Dataset) else {}
    made = compiled(need_form(form).name, form.items, backend=backend_of(data), today=today, missing=missing)
    return made.validate(data)
