"""The words around a number: which claim they are of, and whom, over which time and at which ages they speak of."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache

from evidencekit.findings.register.grammar import PEOPLE
from evidencekit.findings.register.numerals import NUMBER, even, value_of
from evidencekit.findings.register.skipping import AGES

__all__ = ["Basis", "Sentences", "basis_of", "group_after", "group_before", "stems"]

_IDLE = """
about above after again all almost also and any are around because been before being below between both but can cent did does during each
eight estimated every few fewer five for found four from had has have having her him his how hundred into its just last least less like
many may month months more most much nearly nine nor not off one only other our out over own past per percent previous report reported
said same says seven she should since six some study such survey ten than that the their them then there these they this those three
through too two under until very was were what when where which while who whom whose why will with within would year years
"""  # words that do not tell one claim from another
_STOP = frozenset(_IDLE.split())
_WORD = re.compile(r"[^\W\d_]{3,}")
_END = re.compile(r"[.!?][\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])|\n\s*\n")
_CHILD, _NEUTRAL = "children", {"respondents", "participants", "interviews"}
_GROUPS = {
    "girls": "girls?",
    "boys": "boys?",
    _CHILD: "child(?:ren)?|kids?|adolescents?|teen(?:ager)?s?|minors?|young people|youths?",
    "women": "wom[ae]n",
    "men": "m[ae]n",
    "adults": "adults?",
    "parents": "parents?|caregivers?|mothers?|fathers?",
    "pupils": "pupils?|students?",
    "teachers": "teachers?",
    "families": "famil(?:y|ies)|households?",
    "users": "users?",
    "victims": "victims?",
    "survivors": "survivors?",
    "offenders": "offenders?",
    "people": "people|persons?",
    "respondents": "respondents?|participants?|interviews?",
}
_STOPS = re.compile(
    r"[.;:,()\n]|\b(?:were|was|are|is|had|have|has|did|do|said|say|told|reported|report|who|that|which|by|from|with|to|when|and|or|but|in"
    r"|on|because|received|experienced|knew|felt|got|would|could)\b"
)
_ALL = re.compile(r"\b(?:all|every|each|any|entire|whole)\b")
_AMONG = re.compile(rf"\b(?:among(?:st)?|of|for)\s+(?:[\w-]+\s+){{0,4}}?(?:{PEOPLE})\b")
_JUST_BEFORE = re.compile(rf"\b(?:{PEOPLE})\s*[:(,-]?\s*$")  # "Boys 19%", "girls: 13%"
_RECALL = re.compile(
    rf"\b(?:in|over|during|within) (?:the|their) (?:past|last|previous) (?P<n>{NUMBER} )?(?P<unit>day|week|month|year)s?\b"
    r"|\b(?P<ever>ever (?:been|had|received|experienced|were)|in (?:their|her|his) (?:lifetimes?|lives|life)|during childhood|this year)\b"
)


def _stem(word: str) -> str:
    for ending in ("ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)] + ("y" if ending == "ies" else "")
    return word


def stems(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, without their endings."""
    words = {word for word in _WORD.findall(text.lower()) if len(word) <= 40} - _STOP
    return frozenset(map(_stem, words))


@dataclass(frozen=True, slots=True)
class Basis:
    """Whom, over which time and at which ages a text speaks of; each empty where it does not say."""

    groups: frozenset[str]
    ages: frozenset[tuple[int, ...]]
    recalls: frozenset[str]
    all_said: bool


def basis_of(text: str) -> Basis:
    """Read the basis of a claim or a sentence off its words."""
    text = even(text)
    low = text.lower() if len(text.lower()) == len(text) else text
    groups = {found for word in re.findall(rf"\b{PEOPLE}\b", low) if (found := _group(word))}
    ages = {tuple(int(n) for one in re.findall(rf"\d+|{NUMBER}", found) if (n := value_of(one)) is not None) for found in _ages(low)}
    recalls = {_recall(found) for found in _RECALL.finditer(low)}
    return Basis(frozenset(groups), frozenset(ages), frozenset(recalls), _ALL.search(low) is not None)


def _ages(text: str) -> list[str]:
    return [found.group() for found in _compiled().finditer(text)] if "age" in text or "year" in text or "-" in text else []


@cache
def _compiled() -> re.Pattern[str]:
    return re.compile(AGES)


def _recall(found: re.Match[str]) -> str:
    if found["ever"]:
        return "this year" if found["ever"] == "this year" else "ever"
    n = value_of(found["n"]) if found["n"] else None
    count, unit = int(n) if n is not None else 1, found["unit"]
    return f"{count * 12} month" if unit == "year" else f"{count} {unit}"


@cache
def _named() -> list[tuple[str, re.Pattern[str]]]:
    return [(name, re.compile(words)) for name, words in _GROUPS.items()]


def _group(word: str) -> str:
    return next((name for name, words in _named() if words.fullmatch(word)), "")


def group_after(text: str) -> tuple[str, bool]:
    """The group that the noun phrase right after a number is about, and whether it says "all"; "" where it names none."""
    low = even(text).lower()
    stop = _STOPS.search(low)
    return _first(low[: stop.start()] if stop else low[:80])


def group_before(text: str) -> tuple[str, bool]:
    """The group that "among ..." before a number is about; "" where there is none."""
    low = even(text).lower()
    found = list(_AMONG.finditer(low))
    if not found:
        found = list(_JUST_BEFORE.finditer(low))
    return _first(found[-1].group()) if found else ("", False)


def _first(phrase: str) -> tuple[str, bool]:
    found = re.search(rf"\b{PEOPLE}\b", phrase)
    if found is None:
        return "", False
    name = _group(found.group())
    return ("" if name in _NEUTRAL else name), _ALL.search(phrase[: found.start()]) is not None


class Sentences:
    """Where the sentences of a passage begin and end."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._words: dict[tuple[int, int], frozenset[str]] = {}
        self._bases: dict[tuple[int, int], Basis] = {}
        self.starts = [0, *(found.end() for found in _END.finditer(text))]

    def around(self, at: int) -> tuple[int, int]:
        """The sentence that holds a position; of one without end, what stands near."""
        k = bisect_right(self.starts, at) - 1
        end = self.starts[k + 1] if k + 1 < len(self.starts) else len(self.text)
        block = at // _FAR  # all numbers of a block have the same neighbourhood, so that it is read once
        return max(self.starts[k], (block - 1) * _FAR), min(end, (block + 2) * _FAR)

    def words(self, start: int, end: int) -> frozenset[str]:
        """The telling words of a sentence."""
        if (start, end) not in self._words:
            self._words[start, end] = stems(self.text[start:end])
        return self._words[start, end]

    def basis(self, start: int, end: int) -> Basis:
        """Whom, where and when a sentence speaks of."""
        if (start, end) not in self._bases:
            self._bases[start, end] = basis_of(self.text[start:end])
        return self._bases[start, end]

    def previous(self, at: int) -> str:
        """The sentence before the one that holds a position."""
        k = bisect_right(self.starts, at) - 1
        return self.text[max(self.starts[k - 1], self.starts[k] - _FAR) : self.starts[k]] if k > 0 else ""


_FAR = 600
