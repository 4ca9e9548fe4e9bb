"""Where and when a sentence says that a number is of: names of places, and years that are those of data."""

from __future__ import annotations

import re

__all__ = ["fits", "places_in", "years_in", "years_said"]

_NAME = r"[A-Z][\w'-]+(?:(?: (?:of|of the|and the))? [A-Z][\w'-]+)*"
_PLACE = re.compile(rf"\b(?:[Ii]n|[Aa]cross|[Tt]hroughout|[Ww]ithin) (?:the |all of |all )?({_NAME})")
_TONGUES = (
    "English|Khmer|Thai|Vietnamese|Filipino|Tagalog|Indonesian|Bahasa|French|Spanish|Portuguese|Arabic|Russian|German|Chinese|Hindi|Swahili"
)
_NO_PLACE = re.compile(
    rf"(?:(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sep|Oct|Nov|Dec|Mon|Tues|Wednes|Thurs|Fri|Satur|Sun|{_TONGUES}|Table|Figure|Annex|Box|Round"
    r"|Grade|Part|Section|Chapter|About|More|Fewer|At|Wave|All|Most|An|A|The|Phase)\w*\b|(?!USA|UAE|DRC|PNG)[A-Z]{3,}\b)"
)
_YEAR = r"(?:19|20)\d\d"
_SPAN = rf"(?P<first>{_YEAR})(?:\s?(?:-|/|to|and|until)\s?(?P<last>{_YEAR}|\d\d))?(?![\d.,]?\d|\s?%)"
_MONTH = (
    r"(?:(?:early|mid|late)[ -])?(?:(?:january|february|march|april|may|june|july|august|september|october|november|december) (?:of )?)?"
)
_YEARS = re.compile(rf"(?<![\d.,-]){_SPAN}")
_SAID = re.compile(rf"\b(?:in|during|throughout|between|from|for)\s(?:the\s)?(?:year\s|summer\sof\s|spring\sof\s)?{_MONTH}{_SPAN}")
# What a year is of where it is not that of data: what has to be done by then, and what was written or decided then.
_NO_DATA = re.compile(
    r"\b(?:will|shall|should|must|need(?:s|ed)? to|ought|plan(?:s|ned)?|going to|due|deadline|next|goals?|targets?|by (?:19|20)\d\d"
    r"|publish(?:ed|es)?|report(?:s)?|print(?:ed)?|issued?|releas(?:ed|es)|launch(?:ed|es)?|adopt(?:ed|s)?|pass(?:ed|es)|enact(?:ed)?|signed"
    r"|ratified|found(?:ed)|set up|opened|began|begun|started|law|act|bill|decree|census|strategy|budget|convention|compared (?:with|to))\b"
)
_STOP = re.compile(r"[;:()]|,(?!\d)|\s(?:and|while|whereas|but)\s")


def places_in(text: str) -> list[str]:
    """Names that stand after "in", "across", "throughout" or "within" and are those of places, as far as a name can tell.

    Examples
    --------
    >>> from evidencekit.findings.register.settings import places_in
    >>> places_in("In the Republic of Lumora, asked in Khmer in May, and in Vardania.")
    ['Republic of Lumora', 'Vardania']
    """
    return [name for name in _PLACE.findall(text) if not _NO_PLACE.match(name)]


def fits(name: str, said: str) -> bool:
    """Whether a name of a place stands in a text whole."""
    return bool(name) and re.search(rf"(?<!\w){re.escape(name.casefold())}(?!\w)", said.casefold()) is not None


def years_in(text: str) -> frozenset[int]:
    """Every year that a text names, those inside a span too.

    Examples
    --------
    >>> from evidencekit.findings.register.settings import years_in
    >>> sorted(years_in("2023-25, and 2027"))
    [2023, 2024, 2025, 2027]
    """
    return frozenset(year for found in _YEARS.finditer(text.casefold()) for year in _span(found))


def years_said(text: str) -> frozenset[int]:
    """Years that a text gives its numbers: "in 2019", "during 2019"; not what is to be done by then, or was printed or decided then.

    Examples
    --------
    >>> from evidencekit.findings.register.settings import years_said
    >>> sorted(years_said("In 2019, about 1 in 5 girls were asked; the law was passed in 2021, and by 2027 schools will teach it."))
    [2019]
    """
    low = text.casefold()
    return frozenset(year for found in _SAID.finditer(low) if not _NO_DATA.search(_clause(low, found)) for year in _span(found))


def _clause(text: str, found: re.Match[str]) -> str:
    """The clause that a year stands in; where it stands alone before a comma, with the clause after it."""
    begin = max((stop.end() for stop in _STOP.finditer(text, 0, found.start())), default=0)
    ends = [stop.start() for stop in _STOP.finditer(text, found.end())]
    end = ends[0] if ends else len(text)
    if not text[begin : found.start()].strip() and not text[found.end() : end].strip():
        end = ends[1] if len(ends) > 1 else len(text)
    return text[begin:end]


def _span(found: re.Match[str]) -> range:
    first, last = int(found["first"]), found["last"]
    until = first if last is None else int(last) if len(last) == 4 else first // 100 * 100 + int(last)
    return range(first, until + 1 if first <= until <= first + 50 else first + 1)
