"""The report: one page of HTML that stands alone, without scripts and without anything from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from evidencekit.instrument.fieldwork.standing import Check
from evidencekit.rendering.figure import Picture
from evidencekit.rendering.text import html_table, table_of

__all__ = ["page"]

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem; border-top: 1px solid #d9d9d9; padding-top: 1rem; }
table { border-collapse: collapse; font-size: 0.9rem; margin: 1rem 0; } caption { text-align: left; padding: 0.3rem 0; color: #595959; }
th, td { padding: 0.15rem 0.7rem 0.15rem 0; border-bottom: 1px solid #e6e6e6; text-align: left; font-variant-numeric: tabular-nums; }
.note { color: #595959; font-size: 0.9rem; } svg { max-width: 100%; height: auto; } details { margin: 0.5rem 0; }
@media print { details > * { display: block; } }
"""
_WARNING = (
    "A flag is a reason to look and to talk, never a proof: interviewers work in different places, and what sets places apart counts with "
    "them. Rates are withheld for interviewers with few interviews. The page holds interviewers' codes and nothing about a respondent."
)
_MANY = 400  # rows of a table


def page(title: str, about: str, checks: Mapping[str, Check], pictures: Mapping[str, Picture], notes: tuple[str, ...]) -> str:
    """The page as text."""
    flags = [(check, flag) for check in checks.values() for flag in check.flags]
    listed = "".join(f'<li><a href="#{escape(check.name)}">{escape(flag)}</a></li>' for check, flag in flags)
    summary = f"<ul>{listed}</ul>" if flags else "<p>Nothing stands out.</p>"
    parts = "".join(_part(check, pictures.get(name)) for name, check in checks.items())
    told = f"<h2>What could not be looked at</h2><ul>{''.join(f'<li>{escape(note)}</li>' for note in notes)}</ul>" if notes else ""
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{_STYLE}</style></head><body>'
        f'<h1>{escape(title)}</h1><p>{escape(about)}</p><p class="note">{_WARNING}</p>'
        f"<h2>What stands out</h2>{summary}{parts}{told}</body></html>\n"
    )


def _part(check: Check, picture: Picture | None) -> str:
    drawn = picture.to_svg() if picture is not None else ""
    header, rows = table_of({_words(name): values for name, values in check.columns.items()})
    table = html_table(header, rows, caption=check.title, limit=_MANY)
    flags = "".join(f"<li>{escape(flag)}</li>" for flag in check.flags)
    listed = f"<ul>{flags}</ul>" if flags else ""
    return (
        f'<h2 id="{escape(check.name)}">{escape(check.title)}</h2><p class="note">{escape(check.note)}</p>{listed}{drawn}'
        f"<details open><summary>Table</summary>{table}</details>"
    )


def _words(name: Any) -> str:
    return str(name).replace("_", " ")
