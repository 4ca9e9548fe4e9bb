"""write_tables: released tables as a page of HTML, a Word document or a workbook; what is not released stays inside."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw

from evidencekit.disclosure.released import PROTECTED, REVIEW, SHOWN, UNCERTAIN, WITHHELD, Released
from evidencekit.errors import InputError, Refused, in_our_words
from evidencekit.rendering.documents.long_tables import table_to_docx, table_to_html, table_to_xlsx
from evidencekit.rendering.documents.sheet import Table
from evidencekit.significance import Test

__all__ = ["write_tables"]

LABELS = ("variable", "category")
ALL, DASH = "All", "\N{EN DASH}"
WIDE, FLAG = 8, "remark"  # groups beside each other, at most; the column of what must be said of single cells
MEANING = {
    PROTECTED: "not shown, since few people are behind it",
    WITHHELD: "not shown, since it is too uncertain",
    REVIEW: "not shown until it is reviewed",
    UNCERTAIN: "uncertain",
}
# What else a publication shows of a cell, by its columns; words for the header.
MORE = {("percent_se", "se"): "standard error", ("deff",): "design effect", ("n_eff",): "effective n", ("weighted_n",): "weighted n"}


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
        rows; each group of a column that splits has its columns, or its rows where there are more than eight.
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
        Where it is.

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
    header, rows = _grid(several, _told(several, tests or {}))
    table = Table(caption=title, header=tuple(header), rows=tuple(tuple(row) for row in rows))
    methods = tuple(f"p: {test.method}; {test.null}" for test in (tests or {}).values())
    notes = tuple(dict.fromkeys((*_signs(several), *(note for one in several for note in one.notes), *methods)))
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


def _grid(several: Sequence[Released], told: Mapping[str, str]) -> tuple[list[str], list[list[str]]]:
    """A header and rows: a row a category, the columns of a group beside each other, in the order in which they come; last the p-values."""
    cells: dict[tuple[str, str], dict[str, list[str]]] = {}
    groups: dict[str, None] = {}
    variables: dict[tuple[str, str], str] = {}
    published = [nw.from_native(one.published(), eager_only=True).to_dict(as_series=False) for one in several]
    flagged = any(flag for one in several for flag in one.estimate.flags)
    more = {names: words for names, words in MORE.items() if any(name in shown for shown in published for name in names)}
    for one, shown in zip(several, published, strict=True):
        by = [name for name in one.estimate.cells.columns if name in shown and name not in LABELS]
        label = dict(one.estimate.provenance.labels)
        for i in range(len(one)):
            group = ", ".join(str(shown[name][i]) for name in by) or ALL
            groups[group] = None
            name = str(shown["variable"][i]) if "variable" in shown else ""
            category = shown["category"][i] if "category" in shown else None
            row = (label.get(name, name), "" if category is None or category != category else str(category))
            cells.setdefault(row, {})[group] = [_number(shown, i), _count(shown, i), *(_first(shown, names, i) for names in more)]
            if flagged:
                cells[row][group].append(one.estimate.flags[i] if one.estimate.flags and one.status[i] in (SHOWN, UNCERTAIN) else "")
            variables[row] = name
    words = [f"{_measure(several, published)} (limits)", "n", *more.values(), *([FLAG] if flagged else [])]
    tests = ["p"] if told else []
    if len(groups) > WIDE:
        header = ["Variable", "Category", "Group", *words, *tests]
        return header, [
            [*row, group, *shown, *([told.get(variables[row], "")] if told else [])]
            for row, found in cells.items()
            for group, shown in found.items()
        ]
    header = ["Variable", "Category", *(f"{group}: {word}" for group in groups for word in words), *tests]
    rows = [[*row, *(word for group in groups for word in found.get(group, [""] * len(words)))] for row, found in cells.items()]
    return header, [[*row, *([told.get(variables[key], "")] if told else [])] for key, row in zip(cells, rows, strict=True)]


def _measure(several: Sequence[Released], published: Sequence[Mapping[str, Any]]) -> str:
    """What the numbers are: percentages, or what else is in their column, so that 0.07 is not read as 7 in 10,000."""
    plain = dict.fromkeys(one.estimate.statistic for one, shown in zip(several, published, strict=True) if "percent" not in shown)
    return " or ".join([*(["%"] if len(plain) == 0 or any("percent" in shown for shown in published) else []), *plain])


def _signs(several: Sequence[Released]) -> list[str]:
    """What the symbols in the cells mean, and whom numbers speak for that no sample was drawn for."""
    used = {(symbol, status) for one in several for symbol, status in zip(one.symbols, one.status, strict=True) if symbol}
    out = [f"{symbol}: {MEANING[status]}" for symbol, status in sorted(used)]
    classes = dict.fromkeys(one.estimate.inference for one in several if one.estimate.inference != "probability")
    return [*out, *(f"inference: {name}" for name in classes)]


def _first(shown: dict[str, list[Any]], names: Sequence[str], i: int) -> str:
    """The first of several columns that is there."""
    value = next((shown[name][i] for name in names if name in shown), None)
    return "" if value is None or value != value else f"{int(value):,}" if names[0].endswith("_n") or names[0] == "n_eff" else f"{value:g}"


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
