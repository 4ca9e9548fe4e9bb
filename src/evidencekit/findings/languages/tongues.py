"""What may not stand in typed words, by language: numbers that are no age or time, and words that blame, alarm or make less of a child.

The lists of other languages than English are drafts: a person who checks a language checks its lists too (docs/translating.md).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

__all__ = ["avoided", "stray_number"]

_NUMBER_INSTEAD = "say the number and what can be done"
_MATERIAL = "child sexual abuse material"
_EXPLOITED = "a child who was exploited"
_DONE = "say what was done to the child, and by whom"
_PEOPLE = "people who offend"

_TIMES = {  # words of age and of length of time, before or after a number; what stands between two numbers
    "en": (r"aged?|ages|years?|months?|weeks?|days?|under|over|before", "to|and"),
    "fil": (r"edad|gulang|taong?|buwan|linggo|araw", "hanggang|at"),
    "id": (r"usia|berusia|umur|berumur|tahun|bulan|minggu|hari", "sampai|hingga|dan"),
    "km": (r"អាយុ|ឆ្នាំ|ខែ|សប្តាហ៍|សប្ដាហ៍|ថ្ងៃ", "ដល់|និង"),
    "th": (r"อายุ|ขวบ|ปี|เดือน|สัปดาห์|วัน|พ\.ศ\.|ค\.ศ\.", "ถึง|และ"),
    "vi": (r"tuổi|năm|tháng|tuần|ngày", "đến|và"),
}
_AVOID: dict[str, dict[str, str]] = {
    "fil": {
        r"krisis|epidemya|salot|nakakagimbal|nakakatakot|nakapanghihilakbot": _NUMBER_INSTEAD,
        r"pornograpiya\w*|malaswang larawan": _MATERIAL,
        r"prostitusyon ng bata|batang bayaran|batang puta": _EXPLOITED,
        r"malandi|haliparot|nang-?akit": _DONE,
        r"halimaw|manyak\w*|predator|pedopilya": _PEOPLE,
    },
    "id": {
        r"krisis|wabah|epidemi|mengejutkan|mengerikan|darurat": _NUMBER_INSTEAD,
        r"pornografi\w*": _MATERIAL,
        r"pelacur\w* anak|prostitusi anak": _EXPLOITED,
        r"menggoda|genit|memprovokasi": _DONE,
        r"predator|pedofil\w*|monster": _PEOPLE,
    },
    "km": {
        r"វិបត្តិ|រន្ធត់|គួរឱ្យភ្ញាក់ផ្អើល": _NUMBER_INSTEAD,
        r"អាសអាភាស": _MATERIAL,
        r"ពេស្យាចារកុមារ|ពេស្យាកុមារ": _EXPLOITED,
        r"បិសាច": _PEOPLE,
    },
    "th": {
        r"วิกฤต|โรคระบาด|น่าตกใจ|น่าสะพรึงกลัว|สยองขวัญ": _NUMBER_INSTEAD,
        r"ลามก|ภาพโป๊|หนังโป๊": _MATERIAL,
        r"โสเภณีเด็ก": _EXPLOITED,
        r"ยั่วยวน|ใจแตก": _DONE,
        r"ปีศาจ|สัตว์ประหลาด|นักล่า": _PEOPLE,
    },
    "vi": {
        r"khủng hoảng|dịch bệnh|gây sốc|kinh hoàng|khủng khiếp|báo động": _NUMBER_INSTEAD,
        r"khiêu dâm": _MATERIAL,
        r"mại dâm trẻ em|gái mại dâm": _EXPLOITED,
        r"khiêu khích|lẳng lơ": _DONE,
        r"quái vật|kẻ săn mồi|yêu râu xanh|kẻ biến thái": _PEOPLE,
    },
}
_JOINED = ("km", "th")  # written without spaces: a word begins anywhere


def avoided(text: str, language: str) -> tuple[str, str] | None:
    """A word that may not stand in a text of the language, and what to write instead.

    Examples
    --------
    >>> from evidencekit.findings.languages.tongues import avoided
    >>> avoided("nạn nhân của một cuộc khủng hoảng", "vi")
    ('khủng hoảng', 'say the number and what can be done')
    """
    base = language.partition("-")[0]
    for words, instead in _AVOID.get(base, {}).items():
        pattern = words if base in _JOINED else rf"(?<!\w)(?:{words})(?!\w)"
        if found := re.search(pattern, text, re.IGNORECASE):
            return found[0].lower(), instead
    return None


def stray_number(text: str, language: str, known: Sequence[str] = ()) -> bool:
    """Whether a text holds a number that is no age, year or length of time; digits of every script count.

    `known` are words for ages and times beside those that are known here.

    Examples
    --------
    >>> from evidencekit.findings.languages.tongues import stray_number
    >>> stray_number("trẻ em 12-17 tuổi trong 12 tháng qua", "vi"), stray_number("1 trong 8 trẻ em", "vi"), stray_number("១៨ ខែ", "km")
    (False, True, False)
    """
    times, between = _TIMES.get(language.partition("-")[0], _TIMES["en"])
    times = "|".join((times, *map(re.escape, known)))
    span = re.compile(rf"\d[\d.,]*(?:\s*(-|\u2013|{between})\s*\d+)?", re.IGNORECASE)
    if "%" in text:
        return True
    for found in span.finditer(text):
        before, after = text[: found.start()].rstrip(" -("), text[found.end() :].lstrip(" -")
        timed = re.search(rf"(?:{times})$", before, re.IGNORECASE) or re.match(rf"(?:{times})", after, re.IGNORECASE)
        if not (timed or found[1] in ("-", "\u2013") or _year(found[0])):
            return True
    return False


def _year(said: str) -> bool:
    """Whether a number is a year, of the common or of the Buddhist era."""
    return said.isdecimal() and len(said) == 4 and (1800 <= int(said) < 2100 or 2440 <= int(said) < 2640)
