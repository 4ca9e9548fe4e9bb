"""Reading survey files with their labels and their kinds of missing.

Most readers hand back NaN for every code the file declares missing, and with that a refusal, a "don't know" and a question
that was never asked become one thing. Here the codes stay in the frame and `Dataset.missing` says what each one is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Literal

from evidencekit.errors import InputError, one_of
from evidencekit.frames import Dataset
from evidencekit.missingness import Missing, MissingCode
from evidencekit.reading.delimited import delimited
from evidencekit.reading.files import SUFFIXES, local
from evidencekit.reading.kinds import WORDS, StataCode, declare, stata_code
from evidencekit.reading.labelled import labelled
from evidencekit.reading.workbook import parquet, workbook

__all__ = ["SUFFIXES", "WORDS", "StataCode", "read", "stata_code"]


def read(
    path: str | os.PathLike[str],
    *,
    missing: Mapping[str, Mapping[MissingCode, Missing]] | None = None,
    sheet: str | None = None,
    decimal: Literal[".", ","] | None = None,
) -> Dataset:
    r"""Read a survey file with its labels and its kinds of missing.

    SPSS (``.sav``, ``.zsav``) and Stata (``.dta``) files declare their missing codes. Each gets the kind its English value label
    clearly names (`evidencekit.reading.WORDS`: "refused", "don't know", "not asked", ...), and ``Missing.UNSTATED`` otherwise. A
    code the file does not declare is an answer, whatever its label says: declare it with `missing`. Codes stay in the frame;
    value labels are kept beside it and never replace the codes.

    Parameters
    ----------
    path : str or path
        A file of the suffix ``.sav``, ``.zsav``, ``.dta``, ``.csv`` (UTF-8; commas, semicolons or tabs), ``.xlsx``, ``.ods`` or
        ``.parquet``.
    missing : mapping of str to mapping, optional
        Column name to ``{code or (low, high): Missing}``, laid over what the file declares: a code named here leaves the file's
        range. For Stata files ``".a"`` to ``".z"`` may be written as such.
    sheet : str, optional
        The sheet of an ``.xlsx`` or ``.ods`` file. Without it the file must have one sheet that holds data.
    decimal : {".", ","}, optional
        The decimal sign of a ``.csv`` file. Without it numbers have points, and a file with semicolons or tabs is refused when a
        column looks like numbers with commas: "1,3" may be a number or the choices 1 and 3.

    Returns
    -------
    Dataset
        Over a pandas frame.

    Raises
    ------
    InputError
        The path is a URL, is not there, has another suffix, or cannot be read; several sheets hold data; the separator or the
        decimal sign is not clear; or `missing` does not fit the columns.
    UnknownColumn
        `missing` names a column the file does not have.
    MissingExtra
        The package that reads this kind of file is not installed.

    Notes
    -----
    Stata's ``.a`` to ``.z`` stand in the frame as Stata's own numbers for them (`stata_code`), so the column stays numeric; among
    `Dataset.missing` and `Dataset.value_labels` they show as ``.a``. A date column with declared missing codes stays the number
    it is in the file. In ``.csv``, ``.xlsx`` and ``.ods`` a cell is blank if it is empty, ``NA`` or ``NaN``, or holds a
    spreadsheet's error; "None" and "N/A" are text. A column in which digits begin with a zero (``00042``) is text: it
    identifies, and its zeros are part of it. A second column of the same name gets ``.1`` after it. A named index that
    pandas kept in a ``.parquet`` file is a column.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from evidencekit.missingness import Missing
    >>> from evidencekit.reading import read
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "answers.csv")
    ...     _ = file.write_text("told,age\n1,14\n98,15\n,16\n", encoding="utf-8")
    ...     data = read(file, missing={"told": {98: Missing.REFUSED}})
    >>> data
    Dataset(3 rows, 2 columns, 1 with missing codes)
    >>> data.kinds("told")
    {<Missing.REFUSED: 'prefer not to say'>: 1, <Missing.UNSTATED: 'unstated'>: 1}
    """
    file = local(path)
    suffix = file.suffix.lower()
    if sheet is not None and suffix not in (".xlsx", ".ods"):
        raise InputError(f"sheet= is for workbooks, and {file.name!r} is none.", "Leave it out.")
    if decimal is not None:
        one_of("decimal", decimal, (".", ","))
        if suffix != ".csv":
            raise InputError(f"decimal= is for .csv files, and {file.name!r} is none.", "Leave it out.")
    if suffix in (".sav", ".zsav", ".dta"):
        data = labelled(file, suffix)
    else:
        frame = delimited(file, decimal) if suffix == ".csv" else parquet(file) if suffix == ".parquet" else workbook(file, sheet)
        frame.columns = [str(name) for name in frame.columns]
        data = Dataset(frame)
    return data if missing is None else declare(data, missing, stata=suffix == ".dta")
