"""check_text: the numbers of a draft against the register of claims."""

from __future__ import annotations

import os
from datetime import date

from evidencekit.errors import InputError
from evidencekit.findings.register.entries import as_date
from evidencekit.findings.register.judging import judge
from evidencekit.findings.register.known import know
from evidencekit.findings.register.opening import passages_of
from evidencekit.findings.register.register import Register
from evidencekit.findings.register.report import TextReport

__all__ = ["check_text"]


def check_text(document: str | os.PathLike[str], register: Register, *, on: date | str | None = None) -> TextReport:
    """Find the numbers of a draft, and say of each which claim it belongs to and whether it may be said so.

    Parameters
    ----------
    document : path or str
        A path (``pathlib.Path``) of a .docx, .md, .txt or .html file, or a text. A text of one line that names an existing file is that
        file.
    register : Register
        The claims that may be made.
    on : date or ISO text, optional
        The day for which expiry is looked at; today by default. Pass it where the report is to be made again.

    Returns
    -------
    TextReport
        Each number with its place and a verdict. "right": an allowed wording, or the same number printed otherwise. "reworded": the
        number is a claim's, and the words say more than the claim supports, or round it otherwise. "stale": right, and the claim expired
        before `on`. "unknown": no claim has it.

    Raises
    ------
    InputError
        The document is neither file nor text, is not there, cannot be read, is protected or too large; `register` is no Register; `on` is
        no date.

    Notes
    -----
    "1 in 8", "one in eight", "1-in-8" and "one out of every eight" are one number; so are "12%", "12 per cent" and "12 in 100", "220,000"
    and "0.22 million", "a quarter" and "1 in 4". "12.5%" and "1 in 8" are two: they differ in precision. "About" may be left out or
    added. "More than x" is right only where the lower bound is above x, "under x" and "fewer than x" where the upper one is below,
    "nearly x" where it is and the middle is within a tenth of x (of a share, a tenth of the rarer answer), "up to x" and "at most x" where
    it is not above; "only", "as many as" and "just" only where a wording has them. "One girl every 33 minutes" is right only where a
    wording has it. A number that several claims have belongs to the claim with most words in common with its sentence; where that does not
    decide, all are named.

    A number is also reworded where the sentence names a group, a place, ages, a recall period or a year that the claim does not, or "all"
    of a group. Place and year are those of the claim's wordings, and of `place` and `time` of its Entry. Years are looked at only where
    `time` has one, and not where something is to be done or was written or decided then. Places and years of another claim in the same
    sentence are that claim's. Years, dates, ages, recall periods, references, telephone numbers, addresses, versions, levels of confidence
    and the numbers of items are no statistics. Of a Word file, body, tables, text boxes, headers, footers, notes and the words for pictures
    are read as if every tracked change were accepted: what was deleted and comments are not read, and charts are not.

    Not covered: other languages than English, lakh and crore, number words under ten by themselves, "every eighth child", Roman numerals,
    numbers in pictures, sentences that deny a number, comparisons turned round ("boys twice as often as girls"), and qualifiers that are
    left out. A name after "in", "across", "throughout" or "within" is taken for a place, and no other. A report without problems says that
    the numbers are those of the register, not that the text around them is right.

    Examples
    --------
    >>> import evidencekit as ek
    >>> number = ek.findings.Quantity(text="about 1 in 8", value=0.119, low=0.099, high=0.141)
    >>> claim = ek.findings.Entry(id="c1", headline="About 1 in 8 girls in Lumora were asked for an image.", numbers=[number])
    >>> draft = "One in eight girls were asked for an image. More than 1 in 8 girls were asked."
    >>> ek.check_text(draft, ek.findings.Register([claim]), on="2026-06-30")
    TextReport of text on 2026-06-30: 2 numbers; 1 right, 1 reworded, 0 stale, 0 unknown
    verdict   place   text              claims                                         why
    reworded  line 1  More than 1 in 8  c1 "About 1 in 8 girls in Lumora were ask..."  'more than' is not true of the whole interval
    """
    if not isinstance(register, Register):
        raise InputError(f"check_text() takes a Register, not a {type(register).__name__}.", "Make one: ek.findings.Register([...]).")
    day = date.today() if on is None else as_date("on", on)
    passages, name, notes = passages_of(document)
    known = know(register.entries)
    found = tuple(one for passage in passages for one in judge(passage, known, day))
    return TextReport(found=found, name=name, on=day, notes=notes)
