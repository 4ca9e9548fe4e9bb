"""codebook: what each column of the answers is, in the kind of file its reader needs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from evidencekit.errors import InputError
from evidencekit.instrument.exports.ddi import ddi
from evidencekit.instrument.exports.entries import check_fewest, entries
from evidencekit.instrument.exports.tables import html, markdown, workbook
from evidencekit.instrument.exports.tableschema import table_schema
from evidencekit.instrument.form import Instrument
from evidencekit.instrument.given import put, target_of
from evidencekit.instrument.validating.describing import language_of
from evidencekit.instrument.wording import languages_from

__all__ = ["codebook"]

_SUFFIXES = (".md", ".html", ".xlsx", ".xml", ".json")


def codebook(form: Instrument, path: str | Path, *, data: Any = None, language: str | None = None, fewest: int = 5) -> Path:
    """Write the codebook of a form.

    Parameters
    ----------
    form : Instrument
        The form.
    path : str or Path
        Ends in ``.md`` (Markdown), ``.html`` (one page), ``.xlsx`` (a workbook, all languages), ``.xml`` (DDI-Codebook 2.5, all
        languages) or ``.json`` (Frictionless Table Schema).
    data : Dataset or data frame, optional
        Answers, in memory: how often each code was given is added to Markdown, HTML, Excel and DDI.
    language : str, optional
        Of the labels; by default the form's first. Part of its name is enough: ``"fr"`` for ``"French (fr)"``.
    fewest : int
        The smallest count that is shown. Default 5; what is below is "<5". Where that would follow from the total of a question the next
        smallest count is withheld as well, or all of them. Of direct identifiers, free text, places and repeated groups nothing is counted.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    InputError
        The path ends in something else or cannot be written to, the form is not in that language, or the data are lazy.
    MissingExtra
        The package that writes workbooks is not installed.

    References
    ----------
    DDI Alliance, DDI-Codebook 2.5, XML schema and field-level documentation. Data Package standard 2.0, Table Schema.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> import evidencekit as ek
    >>> yes_no = ek.Choices("yes_no", {1: "Yes", 0: "No", 99: "I prefer not to say"}, missing={99: ek.Missing.REFUSED})
    >>> form = ek.Instrument("short", [ek.Item("told", "select_one", "Did you tell someone?", yes_no)], title="A short form")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     text = ek.instrument.codebook(form, pathlib.Path(folder, "codebook.md")).read_text(encoding="utf-8")
    >>> print(text.splitlines()[-1])
    | 99 | I prefer not to say | prefer not to say |
    """
    if not isinstance(form, Instrument):
        raise InputError(f"codebook() takes an Instrument, not a {type(form).__name__}.")
    target = target_of(path, "codebook()")
    suffix = target.suffix.lower()
    if suffix not in _SUFFIXES:
        raise InputError("The path of a codebook ends in something that is not written.", f"Let it end in one of {', '.join(_SUFFIXES)}.")
    check_fewest(fewest)
    found, counted = entries(form, data, languages_from(form, language_of(form, language)), fewest), data is not None
    write = {
        ".xlsx": lambda: workbook(form, found, target, counted=counted),
        ".xml": lambda: target.write_bytes(ddi(form, found)),
        ".md": lambda: target.write_text(markdown(form, found, counted=counted), encoding="utf-8"),
        ".html": lambda: target.write_text(html(form, found, counted=counted), encoding="utf-8"),
        ".json": lambda: target.write_text(table_schema(form, found), encoding="utf-8"),
    }
    return put(target, write[suffix])
