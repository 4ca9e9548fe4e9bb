"""A sheet as one HTML file that needs nothing else, reads well aloud, and prints on one A4 page."""

from __future__ import annotations

import re
from html import escape

from evidencekit.rendering.documents import look
from evidencekit.rendering.documents.fitting import BESIDE, Layout, lay_out, widths
from evidencekit.rendering.documents.sheet import Block, Box, Sheet, Table
from evidencekit.rendering.figure import Picture

__all__ = ["to_html"]

# Nothing is loaded and nothing runs; styles are those in the file. Pictures carry theirs in attributes, hence unsafe-inline.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_IDS = re.compile(r'( id="| aria-labelledby="|href="#|url\(#)')
_RANGE = re.compile(r"\d+[-\u2013]\d+")
_BARE = re.compile(r"<!--.*?-->|<\?xml.*?\?>|<!DOCTYPE.*?>", re.DOTALL)


def _style(layout: Layout, boxes: tuple[float, ...]) -> str:
    """Write the style sheet in rem: 16 pixels on a screen, the size of a line on paper."""
    lines, columns = layout.leading, " ".join(f"minmax(0, {wide:.4g}fr)" for wide in boxes)

    def rem(points: float) -> str:
        return f"{points / look.LINE:.4g}rem"

    return f"""
*, *::before, *::after {{ box-sizing: border-box; }}
html {{ font-size: 100%; -webkit-text-size-adjust: 100%; }}
body {{ margin: 0 auto; padding: 2.5rem 1.5rem; max-width: 52rem; background: #fff; color: {look.INK};
  font-family: {look.WEB_FONTS}; line-height: {lines}; overflow-wrap: break-word; }}
h1, h2, p, figure {{ margin: 0; }}
h1, h2 {{ text-wrap: balance; }}
h1 {{ font-size: {rem(look.TITLE)}; line-height: {max(1.25, lines - 0.1):.3g}; letter-spacing: -0.005em; }}
h2 {{ font-size: {rem(layout.heading)}; line-height: {max(1.3, lines - 0.05):.3g}; }}
.big {{ color: {look.BLUE}; font-size: {layout.big / layout.heading:.4g}em; line-height: 1.2; }}
.n {{ white-space: nowrap; }}
.note {{ margin-bottom: {rem(look.AFTER_NOTE)}; padding: {rem(5)} {rem(12)}; background: {look.NOTE_FILL};
  border-left: 4px solid {look.SLATE}; font-size: {rem(look.BOX)}; }}
.block, .boxes {{ margin-top: {rem(layout.gap)}; }}
.block h2 {{ margin-bottom: {rem(4)}; }}
.beside {{ display: grid; column-gap: {rem(look.GUTTER)};
  grid-template-columns: minmax(0, 1fr) {rem(BESIDE)}; align-items: start; }}
p + p, .beside + p {{ margin-top: {rem(3)}; }}
.small, footer {{ color: {look.SLATE}; font-size: {rem(look.SMALL)}; }}
p + figure {{ margin-top: {rem(6)}; }}
figure svg {{ display: block; width: 100%; height: auto; }}
.table {{ margin-top: {rem(6)}; overflow-x: auto; font-size: {rem(look.BOX)}; }}
table {{ border-collapse: collapse; width: 100%; }}
caption {{ text-align: left; font-weight: bold; font-size: {rem(look.SMALL)}; padding-bottom: {rem(3)}; }}
th, td {{ padding: {rem(3)} {rem(8)} {rem(3)} 0; text-align: left; vertical-align: top; font-weight: normal;
  border-bottom: 1px solid {look.RULE}; }}
thead th, thead td {{ font-weight: bold; border-bottom: 2px solid {look.SLATE}; }}
.boxes {{ display: grid; gap: {rem(look.GUTTER)}; grid-template-columns: {columns or "none"}; }}
.all {{ margin-top: {rem(look.BETWEEN / 2)}; }}
.box {{ border-top: 2px solid {look.SLATE}; padding-top: {rem(6)}; font-size: {rem(look.BOX)}; }}
.box.strong {{ border-top: 4px solid {look.BLUE}; padding-top: {rem(5)}; }}
.box h2 {{ font-size: inherit; }}
.box.strong h2 {{ color: {look.BLUE}; }}
.box p {{ margin-top: {rem(2)}; }}
footer {{ margin-top: {rem(12)}; }}
:focus-visible {{ outline: 3px solid {look.BLUE}; outline-offset: 2px; }}
@media screen and (max-width: 44rem) {{
  body {{ padding: 1.25rem 1rem; }}
  .beside {{ grid-template-columns: minmax(0, 1fr); row-gap: 0.75rem; }}
  .boxes {{ grid-template-columns: minmax(0, 1fr); }}
  figure {{ max-width: 100% !important; }}
}}
@page {{ size: A4; margin: {look.ENDS}pt {look.SIDES}pt; }}
@media print {{
  html {{ font-size: {look.LINE}pt; }}
  body {{ padding: 0; max-width: none; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
  .block, .box, figure, table {{ break-inside: avoid; }}
}}
"""


def to_html(sheet: Sheet) -> str:
    """Write a sheet as one HTML file.

    It loads nothing and runs nothing, and says so to the browser (Content-Security-Policy). It has one heading of the first level,
    landmarks, pictures with their words, tables with captions, and text of at least 4.5 to 1 against what is behind it. On a narrow
    screen pictures stand below the words.

    Parameters
    ----------
    sheet : Sheet
        What stands on the page.

    Returns
    -------
    str
        The file, to be written as UTF-8.

    Raises
    ------
    InputError
        When the sheet is longer than one A4 page.

    References
    ----------
    Web Content Accessibility Guidelines (WCAG) 2.2, level AA.

    Examples
    --------
    >>> from evidencekit.rendering.documents import Block, Sheet, to_html
    >>> page = to_html(Sheet(title="Children online", language="en", blocks=(Block(heading="Most children are online."),)))
    >>> page.count("<h1"), page.count("<script")
    (1, 0)
    """
    layout = lay_out(sheet)
    note = f'<p class="note" role="note">{_text(sheet.content_note)}</p>\n' if sheet.content_note else ""
    blocks = "\n".join(_block(block, f"b{k}", layout) for k, block in enumerate(sheet.blocks, 1))
    boxes = "\n".join(map(_box, sheet.boxes))
    boxes = f'\n<div class="boxes">\n{boxes}\n</div>' if boxes else ""
    shared = "".join(f"<p>{_text(line)}</p>" for line in sheet.aside)
    shared = f'\n<div class="small all">{shared}</div>' if shared else ""
    footer = f"<footer><p>{_text(sheet.footer)}</p></footer>\n" if sheet.footer else ""
    return f"""<!DOCTYPE html>
<html lang="{escape(sheet.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
<meta name="referrer" content="no-referrer">
<title>{escape(sheet.title)}</title>
<style>{_style(layout, widths(sheet))}</style>
</head>
<body>
<header>
{note}<h1>{_text(sheet.title)}</h1>
</header>
<main>
{blocks}{shared}{boxes}
</main>
{footer}</body>
</html>
"""


def _block(block: Block, key: str, layout: Layout) -> str:
    """Write a message, with its picture below or beside its lines, and its table."""
    before, large, after = map(_text, block.parts)
    big = f'<span class="big">{large}</span>' if large else ""
    words = [*(f"<p>{_text(line)}</p>" for line in block.lines), *(f'<p class="small">{_text(line)}</p>' for line in block.aside)]
    place = layout.place(block)
    inside, under = "".join(words[: place.beside]), "".join(words[place.beside :])
    inside = f"<h2>{before}{big}{after}</h2>\n{inside}"
    if place.picture:
        drawn = _picture(place.picture, key, place.size[0])
        inside = f'<div class="beside"><div>{inside}</div>{drawn}</div>' if place.columns else f"{inside}{drawn}"
    table = _table(block.table, f"{key}t") if block.table else ""
    return f'<section class="block">\n{inside}{under}{table}\n</section>'


def _picture(picture: Picture, key: str, points: float) -> str:
    """Write a picture into the page, its names made its own: two pictures would otherwise share them."""
    drawn = _IDS.sub(rf"\g<1>{key}-", _BARE.sub("", picture.to_svg()))
    drawn = re.sub(r'aria-labelledby="(\S+) ', rf'aria-labelledby="\g<1> {key}-', drawn, count=1)
    return f'<figure style="max-width:{points / look.LINE:.4g}rem">{drawn.strip()}</figure>'


def _table(table: Table, key: str) -> str:
    """Write a table; where it is wider than a narrow screen, the keyboard can move it."""
    head = "".join(f'<th scope="col">{_text(cell)}</th>' if cell else "<td></td>" for cell in table.header)
    rows = "".join(
        f'<tr><th scope="row">{_text(row[0])}</th>{"".join(f"<td>{_text(cell)}</td>" for cell in row[1:])}</tr>' for row in table.rows
    )
    caption = f'<caption id="{key}">{_text(table.caption)}</caption>'
    inside = f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="table" role="region" aria-labelledby="{key}" tabindex="0">{inside}</div>'


def _box(box: Box) -> str:
    """Write a box."""
    lines = "".join(f"<p>{_text(line)}</p>" for line in box.lines)
    kind = "box strong" if box.strong else "box"
    return f'<section class="{kind}"><h2>{_text(box.title)}</h2>{lines}</section>'


def _text(words: str) -> str:
    """Escape a text, and let no line end within 12-17."""
    return _RANGE.sub(r'<span class="n">\g<0></span>', escape(words))
