"""Numbers as a language writes them: grouping, decimals, percent and digits from the Unicode CLDR, by babel; English needs none."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from evidencekit.reading.files import need

__all__ = ["WHY", "Digits", "Kind", "in_english", "ordinal", "written"]

Digits = Literal["latn", "native"]
Kind = Literal["number", "percent", "ordinal"]
# The digit 0 of numbering systems, whose others follow it; babel has their signs and not their digits.
_ZEROS = {"arab": 0x660, "arabext": 0x6F0, "beng": 0x9E6, "deva": 0x966, "khmr": 0x17E0, "laoo": 0xED0, "mymr": 0x1040, "thai": 0xE50}
WHY = "Saying findings in other languages than English"


def in_english(value: int | Decimal, kind: Kind) -> str:
    """A number in English: ``1,234``, ``11.9%``, ``2nd``. Decimals are those that the Decimal has.

    Examples
    --------
    >>> from decimal import Decimal
    >>> from evidencekit.findings.languages.numerals import in_english
    >>> in_english(1234, "number"), in_english(Decimal("11.90"), "percent"), in_english(2, "ordinal")
    ('1,234', '11.90%', '2nd')
    """
    if kind == "ordinal":
        return ordinal(int(value))
    return f"{value:,f}%" if kind == "percent" else f"{value:,}" if isinstance(value, int) else f"{value:,f}"


def written(value: int | Decimal, kind: Kind, language: str, digits: Digits = "latn") -> str:
    """A number as the CLDR has it for a language. Of ordinals only the number: the template says the rest.

    Parameters
    ----------
    value : int or Decimal
        Of a percentage the number before the sign: 11.9 for 11.9%.
    kind : {"number", "percent", "ordinal"}
        What it is.
    language : str
        A BCP 47 tag.
    digits : {"latn", "native"}
        0 to 9, or those of the language's own script where it has some.

    Raises
    ------
    MissingExtra
        babel is not installed.

    Notes
    -----
    The CLDR has signs of their own for digits of each kind. Khmer writes 1,234.5 in 0 to 9 and ១.២៣៤,៥ in its own digits (CLDR 47): a text
    keeps to one kind.

    References
    ----------
    Unicode Technical Standard 35, part 3 (Numbers).

    Examples
    --------
    >>> from decimal import Decimal
    >>> from evidencekit.findings.languages.numerals import written
    >>> written(1234, "number", "vi"), written(Decimal("11.9"), "percent", "id"), written(12, "number", "km", "native")
    ('1.234', '11,9%', '១២')
    """
    locale: Any = need("babel", "languages", WHY).Locale.parse(language, sep="-")
    native = locale.other_numbering_systems.get("native", "latn") if digits == "native" else "latn"
    system = native if native in locale.number_symbols else "latn"
    exact = Decimal(value)
    places = max(0, -int(exact.as_tuple().exponent))
    known = (locale.percent_formats if kind == "percent" else locale.decimal_formats)[None]
    pattern: Any = need("babel.numbers", "languages", WHY).parse_pattern(known.pattern)  # one of our own, since decimals are set
    pattern.frac_prec = (places, places)
    shown = exact.scaleb(-2) if kind == "percent" else exact
    text = pattern.apply(shown, locale, numbering_system=system)
    return text.translate({ord("0") + k: _ZEROS[native] + k for k in range(10)}) if native in _ZEROS else text


def ordinal(k: int) -> str:
    """1st, 2nd, 3rd, 4th, 11th.

    Examples
    --------
    >>> from evidencekit.findings.languages.numerals import ordinal
    >>> ordinal(1), ordinal(11), ordinal(22)
    ('1st', '11th', '22nd')
    """
    end = "th" if 10 <= k % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(k % 10, "th")
    return f"{k}{end}"
