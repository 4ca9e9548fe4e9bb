"""A recommendation as one HTML page that needs nothing else: nothing is loaded, nothing runs, and it reads well aloud."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from evidencekit.errors import InputError, in_our_words
from evidencekit.planning.plan import Plan
from evidencekit.planning.recommending.ranking import wanted_measure
from evidencekit.planning.recommending.telling import costs_of
from evidencekit.planning.recommending.words import CLASS_WORDS, between, money
from evidencekit.rendering.documents import look
from evidencekit.rendering.text import sentence

if TYPE_CHECKING:
    from evidencekit.planning.recommending.recommendation import Recommendation

__all__ = ["save", "to_html"]

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = f"""
*, *::before, *::after {{ box-sizing: border-box; }}
body {{ margin: 0 auto; padding: 2.5rem 1.5rem; max-width: 52rem; background: #fff; color: {look.INK};
  font-family: {look.WEB_FONTS}; line-height: 1.5; overflow-wrap: break-word; }}
h1 {{ font-size: 1.9rem; line-height: 1.25; margin: 0 0 .5rem; }}
h2 {{ font-size: 1.4rem; margin: 2.2rem 0 .5rem; }}
h3 {{ font-size: 1.1rem; margin: 1.8rem 0 .3rem; }}
p, ul, ol {{ margin: .4rem 0; }}
figure {{ margin: 1rem 0; max-width: 40rem; }}
figure svg {{ display: block; width: 100%; height: auto; }}
.table {{ overflow-x: auto; margin: .6rem 0; }}
table {{ border-collapse: collapse; width: 100%; }}
caption {{ text-align: left; font-weight: bold; padding-bottom: .3rem; }}
th, td {{ padding: .3rem .8rem .3rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid {look.RULE}; }}
tbody th {{ font-weight: normal; }}
thead th {{ border-bottom: 2px solid {look.SLATE}; }}
.note {{ padding: .5rem .9rem; background: {look.NOTE_FILL}; border-left: 4px solid {look.SLATE}; }}
.small {{ color: {look.SLATE}; font-size: .9rem; }}
@media print {{
  body {{ max-width: none; padding: 0; font-size: 10pt; line-height: 1.35; }}
  figure {{ max-width: 28rem; break-inside: avoid; }}
  .table {{ overflow: visible; }}
  tr, li {{ break-inside: avoid; }}
  h2, h3, h4, caption {{ break-after: avoid; }}
}}
:focus-visible {{ outline: 3px solid {look.BLUE}; outline-offset: 2px; }}
"""


def save(made: Recommendation, path: str | Path) -> Path:
    """Write the page to a file."""
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"A recommendation is saved at a text or a path, not a {type(path).__name__}.")
    target = Path(path)
    if target.suffix.lower() != ".html":
        raise InputError("A recommendation is saved as .html.", "Let the file's name end in it; picture().save() writes .svg and .png.")
    page = to_html(made).encode()
    in_our_words(
        lambda: target.write_bytes(page),
        lambda trouble: InputError(f"The file {target.name!r} cannot be written ({type(trouble).__name__}).", "Check its folder."),
    )
    return target


def to_html(made: Recommendation) -> str:
    """The page, to be written as UTF-8; `lang` is English, as the words of cards are."""
    where = made.context.name or "a context without a name"
    title = escape(f"Methods for {where}")
    parts = [_overview(made), *(_plan(f"{k}. ", plan, made) for k, plan in enumerate(made.plans, 1))]
    if made.beside:
        parts.append("<h2>Beside: methods that answer another question</h2>")
        parts += [_plan("", plan, made) for plan in made.beside]
    parts += [_refused(made), _find_out(made)]
    inside = "\n".join(part for part in parts if part)
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{_STYLE}</style>
</head>
<body>
<header><h1>{title}</h1></header>
<main>
{inside}
</main>
</body>
</html>
"""


def _overview(made: Recommendation) -> str:
    """The picture and the table of all plans, or that there is none."""
    asked = escape(wanted_measure(made.context))
    order = (
        f"<p>Asked for: {asked}. Plans stand in the order of what their numbers say of the population, then of the largest error to be "
        "expected, then of cost. Safety is never traded for precision.</p>"
    )
    if not made.plans:
        return f'{order}<p class="note" role="note">No plan can be made here that answers the question.</p>'
    rows = [
        (f"{k}. {plan.card.title}", CLASS_WORDS[plan.inference], between(plan.rmse), money(plan.cost, made.context.currency))
        for k, plan in enumerate(made.plans, 1)
    ]
    svg = made.picture().to_svg()
    drawn = svg[svg.index("<svg") :].strip()
    table = _table("Plans in their order", ("Method", "Class", "Off by", "Cost"), rows, "plans")
    return f"{order}{table}<figure>{drawn}</figure>"


def _plan(mark: str, plan: Plan, made: Recommendation) -> str:
    """One plan with all that is said of it."""
    advice, card = made.about(plan), plan.card
    parts = [f"<h2>{escape(mark)}{escape(card.title)}</h2>" if mark else f"<h3>{escape(card.title)}</h3>"]
    parts.append(_p(f"{advice.reason} It estimates {card.estimand.estimates}, and cannot {card.estimand.cannot}."))
    level = "h3" if mark else "h4"
    parts.append(_list(level, "Warnings", [f"{one.says} ({one.rule}; {one.source})" for one in advice.warnings]))
    known_first = [f"{sentence(one.says)} {one.instead} ({one.rule})".replace("  ", " ") for one in plan.unknown]
    parts.append(_list(level, "Must be known before anybody is asked", known_first))
    parts.append(
        _table(
            f"What {card.title} takes; costs are of units before they are rounded up",
            ("", "Units", "At", "Cost"),
            costs_of(plan),
            f"{plan.method}-cost",
        )
    )
    parts.append(_list(level, "In the field", [sentence(one) for one in plan.workload.says]))
    parts.append(_list(level, "More exact, and below all the same", [one.says for one in advice.aside]))
    parts.append(_list(level, "What would change this", [one.says for one in advice.tips]))
    rest = [f"{one.says} ({one.rule}; {one.source})" for one in advice.cautions[3:]]
    parts.append(_list(level, "More to heed", rest))
    return f"<section>{''.join(parts)}</section>"


def _refused(made: Recommendation) -> str:
    if not made.refused:
        return ""
    rows = [(one.title, why.rule, sentence(why.says), why.instead, why.source) for one in made.refused for why in one.why]
    table = _table("Methods that are not to be used here", ("Method", "Rule", "Why", "Instead", "Source"), rows, "refused")
    return f"<h2>Refused</h2>{table}"


def _find_out(made: Recommendation) -> str:
    if not made.find_out_first:
        return ""
    items = "".join(f"<li>{escape(f'{one.asks} {one.says}')}</li>" for one in made.find_out_first)
    return f"<h2>Find out first</h2><p>From what would change the answer most.</p><ol>{items}</ol>"


def _p(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(level: str, heading: str, items: Iterable[str]) -> str:
    """A heading and its list; nothing where there is nothing to list."""
    listed = "".join(f"<li>{escape(one.replace('..', '.'))}</li>" for one in items)
    return f"<{level}>{escape(heading)}</{level}><ul>{listed}</ul>" if listed else ""


def _table(caption: str, header: Sequence[str], rows: Sequence[Sequence[str]], key: str) -> str:
    """A table with its caption and scopes; the keyboard can move one that is wider than the screen."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' if cell else "<td></td>" for cell in header)
    body = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>{"".join(f"<td>{escape(cell)}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    inside = f'<table><caption id="t-{escape(key)}">{escape(caption)}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    return f'<div class="table" role="region" aria-labelledby="t-{escape(key)}" tabindex="0">{inside}</div>'
