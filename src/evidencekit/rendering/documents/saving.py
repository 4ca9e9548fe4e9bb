"""A sheet as a file of the kind that its name says."""

from __future__ import annotations

import os
from pathlib import Path

from evidencekit.errors import InputError, in_our_words
from evidencekit.rendering.documents.sheet import Sheet
from evidencekit.rendering.documents.slide import to_pptx
from evidencekit.rendering.documents.web import to_html
from evidencekit.rendering.documents.word import to_docx

__all__ = ["save"]


def save(sheet: Sheet, path: str | Path) -> Path:
    """Write a sheet to a file; the same sheet gives the same bytes.

    Parameters
    ----------
    sheet : Sheet
        What stands on the page.
    path : str or Path
        Ends in .html (one file that needs nothing else), .docx (Word) or .pptx (PowerPoint: one slide with notes).

    Returns
    -------
    Path
        Where it is.

    Raises
    ------
    InputError
        When the path ends in anything else or cannot be written, or the sheet is longer than a page.
    MissingExtra
        When python-docx or python-pptx is needed and not installed.

    Examples
    --------
    >>> import tempfile
    >>> from evidencekit.rendering.documents import Block, Sheet, save
    >>> sheet = Sheet(title="Children online", language="en", blocks=(Block(heading="Most children are online."),))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(sheet, f"{folder}/brief.html").name
    'brief.html'
    """
    if not isinstance(path, (str, os.PathLike)):
        raise InputError(f"A sheet is saved at a text or a path, not a {type(path).__name__}.")
    target = Path(path)
    match target.suffix.lower():
        case ".html":
            made = to_html(sheet).encode()
        case ".docx":
            made = to_docx(sheet)
        case ".pptx":
            made = to_pptx(sheet)
        case _:
            raise InputError("A sheet is saved as .html, .docx or .pptx.", "Let the file's name end in one of them.")
    in_our_words(
        lambda: target.write_bytes(made),
        lambda trouble: InputError(f"The file {target.name!r} cannot be written ({type(trouble).__name__}).", "Check its folder."),
    )
    return target
