"""Plain-text and HTML tables of words, and sentences; they know nothing of what the words mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

__all__ = ["html_table", "sentence", "table_of", "text_table"]


def sentence(text: str) -> str:
    """With a capital and one mark at its end; a question keeps its own, a name in brackets has none."""
    made = f"{text[:1].upper()}{text[1:].rstrip('.')}"
    return made if not text or made.endswith(("?", "]")) else f"{made}."


def table_of(columns: Mapping[str, Any]) -> tuple[list[str], list[list[str]]]:
    """A header and rows of words from columns of values: four digits, and nothing where there is nothing."""
    values = list(columns.values())
    return list(columns), [[_word(v[i]) for v in values] for i in range(len(values[0]))]


def _word(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (float, np.floating)):
        return "" if np.isnan(value) else f"{value:,.0f}" if abs(value) >= 9999.5 else f"{value:.4g}"
    return str(value)


def text_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, limit: int) -> str:
    """Columns lined up, numbers to the right; at most `limit` rows, and a line that counts the rest."""
    shown = [list(header), *[list(r) for r in rows[:limit]]]
    widths = [max(len(r[i]) for r in shown) for i in range(len(header))]
    right = [all(_number(r[i]) for r in rows) for i in range(len(header))]
    lines = ["  ".join(c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)).rstrip() for row in shown]
    if len(rows) > limit:
        lines.append(f"... and {len(rows) - limit:,} more rows")
    return "\n".join(lines)


def html_table(header: Sequence[str], rows: Sequence[Sequence[str]], *, caption: str, limit: int) -> str:
    """The same as a plain HTML table with a caption and column scopes, everything escaped."""
    head = "".join(f'<th scope="col">{escape(c)}</th>' for c in header)
    body = "".join(f"<tr>{''.join(f'<td>{escape(c)}</td>' for c in row)}</tr>" for row in rows[:limit])
    more = f'<tr><td colspan="{len(header)}">and {len(rows) - limit:,} more rows</td></tr>' if len(rows) > limit else ""
    title = f"<caption>{escape(caption)}</caption>"
    return f"<table>{title}<thead><tr>{head}</tr></thead><tbody>{body}{more}</tbody></table>"


def _number(text: str) -> bool:
    try:
        float(text.replace(",", "") or "0")
    except ValueError:
        return False
    return True
