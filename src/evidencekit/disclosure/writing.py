"""write_tables: released tables as a page of HTML, a Word document or a workbook; what is not released stays inside."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from evidencekit.disclosure.laying_out import DASH, laid_out, notes_of
from evidencekit.disclosure.released import SHOWN, UNCERTAIN, Released
from evidencekit.errors import InputError, Refused, in_our_words
from evidencekit.rendering.documents.long_tables import table_to_docx, table_to_html, table_to_xlsx
from evidencekit.rendering.documents.sheet import Table
from evidencekit.significance import Test

__all__ = ["write_tables"]


def write_tables(
    released: Released | Sequence[Released],
    path: str | Path,
    *,
    title: str,
    tests: Mapping[str, Test] | None = None,
    language: str = "en",
) -> Path:
    """Write released tables side by side, as their publications say they are shown.

    Parameters
    ----------
    released : Released or sequence of Released
        What ``ek.release(..., ledger=, publication=)`` gave, for example of ``tables.table_one(...).estimates``. Each variable has its
        rows; groups have columns beside each other while there are six or fewer of these (that of all is a group), else rows below each
        other.
    path : str or Path
        Ends in .html, .docx or .xlsx.
    title : str
        Above the table.
    tests : mapping of str to Test, optional
        Of a variable its test, as ``tables.table_one(..., tests=True).tests`` has them: a column with their p-values, cut to two digits
        after the point or to "<0.01" and "<0.001". Of a variable with a hidden cell none is told: it would say something of that cell.
    language : str
        Of its words, as a BCP 47 tag.

    Returns
    -------
    Path
        Where it is. Below the table stand of whom its numbers are, what symbols mean, and the notes of the release.

    Raises
    ------
    InputError
        Not a Released, another ending, a test of a variable that is not in the tables, or nothing can be written there.
    Refused
        A table was released without a publication, so that nobody said how it is shown; or a signature is missing.
    MissingExtra
        python-docx or xlsxwriter is needed and not installed.

    Examples
    --------
    >>> import evidencekit as ek, tempfile
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> table = ek.tables.table_one(survey, ["internet_daily"], by="sex", tests=True)
    >>> how = ek.disclosure.Publication(title="Who answered", universe="round 1", shows=["n", "percent", "limits", "deff"])
    >>> steward = ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30")
    >>> safe = [one.signed(steward) for one in ek.release(table.estimates, ledger=ek.Ledger(), publication=how)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ek.disclosure.write_tables(safe, f"{folder}/table.html", title="Who answered", tests=table.tests).name
    'table.html'
    """
    several = [released] if isinstance(released, Released) else released
    if not isinstance(several, (list, tuple)) or not several or not all(isinstance(one, Released) for one in several):
        raise InputError("write_tables() takes what ek.release() returns, one or several.", "Release the estimates first.")
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"A table is written to a text or a path, not a {type(path).__name__}.")
    for one in several:
        if one.unsigned:
            raise Refused(f"A table is not signed by the {' and the '.join(one.unsigned)}.", "Sign it: safe.signed(...).")
    made = {} if tests is None else tests
    header, rows, labels = laid_out(several, _told(several, made))
    table = Table(caption=title, header=tuple(header), rows=tuple(tuple(row) for row in rows))
    notes = (*notes_of(several), *dict.fromkeys(f"p: {test.method}" for test in made.values()))
    target = Path(path)
    match target.suffix.lower():
        case ".html":
            content = table_to_html(table, language=language, notes=notes, labels=labels).encode()
        case ".docx":
            content = table_to_docx(table, language=language, notes=notes)
        case ".xlsx":
            content = table_to_xlsx(table, notes=notes)
        case _:
            raise InputError("A table is written as .html, .docx or .xlsx.", "Let the file's name end in one of them.")
    in_our_words(
        lambda: target.write_bytes(content),
        lambda trouble: InputError(f"The file {target.name!r} cannot be written ({type(trouble).__name__}).", "Check its folder."),
    )
    return target


def _told(several: Sequence[Released], tests: object) -> dict[str, str]:
    """The p-value of each variable as it is written: a dash where a cell of the variable is hidden."""
    if not isinstance(tests, Mapping) or not all(isinstance(test, Test) for test in tests.values()):
        raise InputError(
            "tests= of write_tables() is a mapping of variables to Tests.", "As ek.tables.table_one(..., tests=True).tests is."
        )
    open_: dict[str, bool] = {}
    for one in several:
        for name, status in zip(one.estimate.cells.columns["variable"], one.status, strict=True):
            open_[name] = open_.get(name, True) and status in (SHOWN, UNCERTAIN)
    if any(name not in open_ for name in tests):
        raise InputError("tests= of write_tables() has a variable that is in none of the tables.", "Leave it out.")
    return {name: _p(test.p) if open_[name] else DASH for name, test in tests.items()}


def _p(p: float) -> str:
    return "" if p != p else "<0.001" if p < 0.001 else "<0.01" if p < 0.01 else f"{p:.2f}"
