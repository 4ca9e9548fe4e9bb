"""write_tables: released tables as a page of HTML, a Word document or a workbook; what is not released stays inside."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.disclosure.released import Released
from evidencekit.errors import InputError, Refused, in_our_words
from evidencekit.rendering.documents.long_tables import table_to_docx, table_to_html, table_to_xlsx
from evidencekit.rendering.documents.sheet import Table

__all__ = ["write_tables"]

LABELS = ("variable", "category")
ALL, DASH = "All", "\N{EN DASH}"


def write_tables(released: Released | Sequence[Released], path: str | Path, *, title: str, language: str = "en") -> Path:
    """Write released tables side by side, as their publications say they are shown.

    Parameters
    ----------
    released : Released or sequence of Released
        What ``ek.release(..., ledger=, publication=)`` gave, for example of ``tables.table_one(...).estimates``. Each variable has its
        rows; each group of a column that splits has its columns.
    path : str or Path
        Ends in .html, .docx or .xlsx.
    title : str
        Above the table.
    language : str
        Of its words, as a BCP 47 tag.

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    InputError
        Not a Released, another ending, or nothing can be written there.
    Refused
        A table was released without a publication, so that nobody said how it is shown; or a signature is missing.
    MissingExtra
        python-docx or xlsxwriter is needed and not installed.

    Examples
    --------
    >>> import evidencekit as ek, tempfile
    >>> fiction = ek.fictional.national_survey()
    >>> survey = ek.Survey(fiction.data, weights="weight", strata="stratum", psu="psu")
    >>> table = ek.tables.table_one(survey, ["internet_daily"], by="sex")
    >>> how = [ek.disclosure.Publication(title=t, universe="round 1", shows=["n", "percent", "limits"]) for t in ("all", "by sex")]
    >>> steward = ek.disclosure.Signature(name="A. Steward", role="data steward", on="2026-06-30")
    >>> safe = [one.signed(steward) for one in ek.release(table.estimates, ledger=ek.Ledger(), publication=how)]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     ek.disclosure.write_tables(safe, f"{folder}/table.html", title="Who answered").name
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
    header, rows = _grid(several)
    table = Table(caption=title, header=tuple(header), rows=tuple(tuple(row) for row in rows))
    notes = tuple(dict.fromkeys(note for one in several for note in one.notes))
    target = Path(path)
    match target.suffix.lower():
        case ".html":
            made = table_to_html(table, language=language, notes=notes).encode()
        case ".docx":
            made = table_to_docx(table, language=language, notes=notes)
        case ".xlsx":
            made = table_to_xlsx(table, notes=notes)
        case _:
            raise InputError("A table is written as .html, .docx or .xlsx.", "Let the file's name end in one of them.")
    in_our_words(
        lambda: target.write_bytes(made),
        lambda trouble: InputError(f"The file {target.name!r} cannot be written ({type(trouble).__name__}).", "Check its folder."),
    )
    return target


def _grid(several: Sequence[Released]) -> tuple[list[str], list[list[str]]]:
    """A header and rows: a row a category, two columns (number and n) a group, in the order in which they come."""
    cells: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}
    groups: dict[str, None] = {}
    for one in several:
        shown = nw.from_native(one.published(), eager_only=True).to_dict(as_series=False)
        by = [name for name in one.estimate.cells.columns if name in shown and name not in LABELS]
        label = dict(one.estimate.provenance.labels)
        for i in range(len(one)):
            group = ", ".join(str(shown[name][i]) for name in by) or ALL
            groups[group] = None
            name = str(shown["variable"][i]) if "variable" in shown else ""
            category = shown["category"][i] if "category" in shown else None
            row = (label.get(name, name), "" if category is None or category != category else str(category))
            cells.setdefault(row, {})[group] = (_number(shown, i), _count(shown, i))
    header = ["Variable", "Category", *(words for group in groups for words in (f"{group}: % or mean (limits)", f"{group}: n"))]
    return header, [[*row, *(word for group in groups for word in found.get(group, ("", "")))] for row, found in cells.items()]


def _number(shown: dict[str, list[Any]], i: int) -> str:
    """The number with its limits, or the symbol that stands for it."""
    symbol = str(shown["symbol"][i] or "")
    for point, low, high in (("percent", "percent_low", "percent_high"), ("estimate", "low", "high")):
        if point in shown and (value := shown[point][i]) is not None and value == value:
            ends = [shown[name][i] for name in (low, high) if name in shown]
            limits = f" ({ends[0]:g}{DASH}{ends[1]:g})" if len(ends) == 2 and all(e is not None and e == e for e in ends) else ""
            return f"{value:g}{limits}{symbol}"
    return symbol


def _count(shown: dict[str, list[Any]], i: int) -> str:
    value = shown["n"][i] if "n" in shown else None
    return "" if value is None or value != value else f"{int(value):,}"
