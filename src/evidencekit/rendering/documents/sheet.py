"""What stands on a page: headlines with their pictures, boxes, and a note before everything else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from unicodedata import category, normalize

from evidencekit.errors import InputError, how_many
from evidencekit.rendering.figure import Picture

__all__ = ["Block", "Box", "Sheet", "Table"]

_TAG = re.compile(
    r"[A-Za-z]{2,3}(?:-[A-Za-z]{3}){0,3}(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|\d{3}))?(?:-(?:[A-Za-z\d]{5,8}|\d[A-Za-z\d]{3}))*"
)
_JOINERS = "\u00ad\u200b\u200c\u200d\u2060"  # what parts and joins letters; other invisible signs can turn a line around


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A small table of words.

    Parameters
    ----------
    caption : str
        What the table shows. Required: it is how a reader who cannot see the table finds it.
    header : tuple of str
        A name for each column.
    rows : tuple of tuple of str
        The cells; the first of a row says what the row is about.

    Raises
    ------
    InputError
        When a text is missing, or a row has more or fewer cells than the header.

    Examples
    --------
    >>> from evidencekit.rendering.documents import Table
    >>> table = Table(caption="By sex", header=("", "Share"), rows=(("Girls", "14%"), ("Boys", "9%")))
    >>> len(table.rows)
    2
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """Tidy the texts, and refuse a table with holes."""
        put(self, "caption", text(self.caption, "The caption of a table"))
        put(self, "header", texts(self.header, "The header of a table", empty=True))
        rows = tuple(texts(row, f"Row {k} of a table", empty=True) for k, row in enumerate(several(self.rows, "The rows of a table"), 1))
        put(self, "rows", rows)
        if not self.header or not rows:
            raise InputError("A table has a header and at least one row.", "Leave the table out where there is nothing to show.")
        for k, row in enumerate(rows, 1):
            if len(row) != len(self.header):
                cells = how_many(len(row), "cell")
                raise InputError(
                    f"Row {k} of a table has {cells} where the header has {len(self.header)}.", "Give each row a cell a column."
                )
            if not row[0]:
                raise InputError(f"Row {k} of a table does not say what it is about.", "Put that into its first cell.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One message: its headline, and what supports it.

    Parameters
    ----------
    heading : str
        The headline, one sentence.
    big : str
        The words of the headline that are set large, such as "About 1 in 8"; they must stand in it. Empty: none are.
    lines : tuple of str
        Short sentences under the headline, the most important first: a slide shows only that one and has the others in its notes.
    picture : Picture, optional
        Below the lines, as large as it was drawn, where the page has room for all pictures so; else beside the words, laid out anew for
        that place (`Picture.at`), so that its letters need not be made smaller.
    table : Table, optional
        Below the lines and the picture.
    aside : tuple of str
        Small print, such as caveats.
    name : str
        How errors call it: "finding 2 (lumora-02)". Empty: by its place among the blocks.

    Raises
    ------
    InputError
        When the headline is empty, or `big` does not stand in it.

    Examples
    --------
    >>> from evidencekit.rendering.documents import Block
    >>> block = Block(heading="About 1 in 8 children were asked.", big="About 1 in 8")
    >>> block.parts
    ('', 'About 1 in 8', ' children were asked.')
    """

    heading: str
    big: str = ""
    lines: tuple[str, ...] = ()
    picture: Picture | None = None
    table: Table | None = None
    aside: tuple[str, ...] = ()
    name: str = ""

    def __post_init__(self) -> None:
        """Tidy the texts, and refuse a block without a headline."""
        put(self, "heading", text(self.heading, "The heading of a block"))
        put(self, "big", text(self.big, "big=", empty=True))
        put(self, "lines", texts(self.lines, "lines="))
        put(self, "aside", texts(self.aside, "aside="))
        if self.big not in self.heading:
            raise InputError("The words in big= do not stand in the heading.", "Write them as they stand there.")
        put(self, "name", text(self.name, "name=", empty=True))
        if not isinstance(self.picture, Picture | None):
            raise InputError(f"picture= takes a Picture, not a {type(self.picture).__name__}.", "Draw one with icon_array or dot_chart.")
        if not isinstance(self.table, Table | None):
            raise InputError(f"table= takes a Table, not a {type(self.table).__name__}.")

    @property
    def parts(self) -> tuple[str, str, str]:
        """The headline before, in and after the words that are set large."""
        if not self.big:
            return self.heading, "", ""
        before, _, after = self.heading.partition(self.big)
        return before, self.big, after


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """Words at the foot of the page that belong to no single message: what to do, where to find help, how it was found.

    Parameters
    ----------
    title : str
        What the box is about.
    lines : tuple of str
        Short sentences.
    strong : bool
        Whether it is set off by colour and stands on a slide, too; others are only in the notes of the slide.

    Examples
    --------
    >>> from evidencekit.rendering.documents import Box
    >>> Box(title="Where to find help", lines=("Call 000.",), strong=True).strong
    True
    """

    title: str
    lines: tuple[str, ...]
    strong: bool = False

    def __post_init__(self) -> None:
        """Tidy the texts, and refuse an empty box."""
        put(self, "title", text(self.title, "The title of a box"))
        put(self, "lines", texts(self.lines, "The lines of a box"))
        if not self.lines:
            raise InputError("A box has at least one line.", "Leave the box out where there is nothing to say.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A document of one page.

    Control characters and signs that turn the direction of a line are taken out of every text, white space becomes single spaces, and
    letters are composed (Unicode NFC).

    Parameters
    ----------
    title : str
        Of the document.
    language : str
        The language of all its words as a BCP 47 tag, such as "en", "km" or "vi-VN": what a screen reader reads it in.
    content_note : str
        Stands before everything else. Empty: there is none.
    blocks : tuple of Block
        The messages, at least one. A slide takes at most three.
    aside : tuple of str
        Small print of all the messages, such as caveats that they share: said once, below them.
    boxes : tuple of Box
        Side by side below the messages, at most four; those with more words are wider.
    footer : str
        Last: source, date, whom to ask.

    Raises
    ------
    InputError
        When a text or a block is missing, or the language is not a tag.

    Examples
    --------
    >>> from evidencekit.rendering.documents import Block, Sheet
    >>> sheet = Sheet(title="Children online", language="en", blocks=(Block(heading="Most children are online."),))
    >>> sheet.language
    'en'
    """

    title: str
    language: str
    blocks: tuple[Block, ...]
    content_note: str = ""
    aside: tuple[str, ...] = ()
    boxes: tuple[Box, ...] = ()
    footer: str = ""

    def __post_init__(self) -> None:
        """Tidy the texts, and refuse what cannot be laid out."""
        put(self, "title", text(self.title, "The title of the sheet"))
        put(self, "content_note", text(self.content_note, "content_note=", empty=True))
        put(self, "footer", text(self.footer, "footer=", empty=True))
        put(self, "aside", texts(self.aside, "aside="))
        put(self, "blocks", several(self.blocks, "blocks="))
        put(self, "boxes", several(self.boxes, "boxes="))
        if not isinstance(self.language, str) or not _TAG.fullmatch(self.language):
            raise InputError("language= is not a language tag.", 'Pass one such as "en", "km" or "vi-VN" (BCP 47).')
        for name, things, kind in (("blocks", self.blocks, Block), ("boxes", self.boxes, Box)):
            if wrong := next((type(thing).__name__ for thing in things if not isinstance(thing, kind)), None):
                raise InputError(f"{name}= takes {kind.__name__} objects, not a {wrong}.")
        if not self.blocks:
            raise InputError("A sheet has at least one block.", "Pass blocks=(Block(heading=...),).")
        if len(self.boxes) > 4:
            raise InputError(f"There are {len(self.boxes)} boxes; side by side four can be read.", "Put some of them together.")

    @property
    def words(self) -> Iterator[str]:
        """Every text of the sheet, pictures apart, in the order of reading."""
        yield from (self.content_note, self.title)
        for block in self.blocks:
            yield from (block.heading, *block.lines)
            if block.table:
                yield from (block.table.caption, *block.table.header, *(cell for row in block.table.rows for cell in row))
            yield from block.aside
        yield from self.aside
        for box in self.boxes:
            yield from (box.title, *box.lines)
        yield self.footer


def put(noun: object, name: str, value: object) -> None:
    """Set a field of a frozen noun while it is being made."""
    object.__setattr__(noun, name, value)


def several(value: object, role: str) -> tuple[Any, ...]:
    """Give a list or tuple as a tuple; one text is not several."""
    if not isinstance(value, list | tuple):
        raise InputError(f"{role} takes a tuple, not a {type(value).__name__}.", "Put a single one into a tuple: (one,).")
    return tuple(value)


def texts(value: object, role: str, *, empty: bool = False) -> tuple[str, ...]:
    """Tidy several texts."""
    return tuple(text(one, role, empty=empty) for one in several(value, role))


def text(value: object, role: str, *, empty: bool = False) -> str:
    """Tidy a text: composed letters, single spaces, nothing invisible that is not for joining letters."""
    if not isinstance(value, str):
        raise InputError(f"{role} takes text, not a {type(value).__name__}.")
    spaced = "".join(" " if c.isspace() else c for c in value)
    kept = "".join(c for c in spaced if c in _JOINERS or (category(c) not in ("Cc", "Cf", "Cs") and c not in "\ufffe\uffff"))
    tidy = " ".join(normalize("NFC", kept).split())
    if not tidy and not empty:
        raise InputError(f"{role} is empty.", "Write what a reader needs there, or leave the part out.")
    return tidy
