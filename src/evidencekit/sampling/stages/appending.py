"""Rows for units that a sample holds and answers do not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np

from evidencekit.frames import Dataset, eager, open_data

__all__ = ["appended", "given_back", "rows_as_given"]


def rows_as_given(data: Any, doing: str) -> nw.DataFrame[Any]:
    """The caller's rows, codes of missing answers still in them."""
    plain = open_data(data.frame if isinstance(data, Dataset) else data)
    return nw.maybe_reset_index(eager(plain.frame, doing))


def appended(frame: nw.DataFrame[Any], rest: Mapping[str, Any]) -> nw.DataFrame[Any]:
    """The rows with more below them; columns that the others do not have are missing there.

    Parameters
    ----------
    frame : narwhals DataFrame
        Rows as they are.
    rest : mapping of str to array or list
        Columns of the new rows, all of the frame. Values are written in the types of its columns.
    """
    # pyarrow has texts of two widths, which do not go together.
    frame = frame.with_columns(*(nw.col(name).cast(nw.String) for name in rest if frame.schema[name] == nw.String))
    made: dict[str, Any] = {}
    for name, values in rest.items():
        dtype = frame.schema[name]
        plain = values if isinstance(values, np.ndarray) else list(values)
        text = dtype == nw.String or dtype == nw.Object
        made[name] = nw.new_series(name, plain, nw.String if dtype == nw.String else None, backend=frame.implementation)
        made[name] = made[name] if text else made[name].cast(dtype)
    more = nw.DataFrame.from_dict(made)
    return nw.maybe_reset_index(nw.concat([frame, more], how="diagonal"))


def given_back(data: Any, frame: nw.DataFrame[Any]) -> Any:
    """A frame in the caller's kind; with its labels when the caller's data were a Dataset."""
    return data.with_frame(frame.to_native()) if isinstance(data, Dataset) else frame.to_native()
