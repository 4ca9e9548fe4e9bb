"""Patterns of ``regex()``, matched in a time that nobody has to wait for.

Python tries one way after the other. A repeat within a repeat, as in many patterns for e-mail addresses (``(a+)+``), has twice as many
ways with each letter: one answer of forty letters would never be done. Such patterns follow all ways at once here (Thompson), wherever an
answer is long enough for it to matter. Repeats that give nothing back (``a++``) are Python's; where they stand beside others, long answers
that would need every way tried are refused.

References
----------
Thompson (1968), Regular expression search algorithm, Communications of the ACM 11, 419-422.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from evidencekit.errors import InputError
from evidencekit.instrument.expressions.properties import translated

__all__ = ["matcher"]

Node = tuple[str, "tuple[Node, ...]", int, int, str]
"""What it is, what is in it, how often at least and at most (-1: any number), the text of a single letter's test."""
_GREEDY = "possessive"
_POSSESSIVE = (3, 11, 5)  # before, possessive repeats of groups that can be tried in several ways went wrong: python/cpython issue 106052
_SHORT = 16  # letters: with fewer, the ways of a repeat within a repeat can all be tried
_STEPS = 1e7  # of Python's way, where repeats stand one after the other
_MOST = 5_000  # places in a pattern, and sets of places remembered
_TIMES = re.compile(r"\{(\d*)(,?)(\d*)\}")
_ESCAPES = re.compile(r"\\(?:x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|[^1-9AbBZxu])", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_OPENS = re.compile(r"\((?:\?:|\?P<\w+>|(?!\?))")


def matcher(pattern: str) -> Callable[[str], bool]:
    """What says whether a whole text has a pattern.

    Raises
    ------
    InputError
        The pattern cannot be read, has classes of letters that Python does not, repeats what repeats and looks ahead or back, or repeats
        possessively what this Python gets wrong. What is returned raises it where a possessive repeat stands beside so many others that
        not every way can be tried on a text.
    """
    pattern = translated(pattern)
    plain = _compiled(pattern)
    tree = _Pattern(pattern).read()
    if tree is None:
        if _nested(pattern):
            raise InputError(
                "regex() has a repeat within a repeat beside signs that need every way tried.", "Write the pattern without it."
            )
        return lambda text: plain.fullmatch(text) is not None
    if sys.version_info < _POSSESSIVE and _keeps(tree, of_groups=True):
        raise InputError("regex() has a possessive repeat of a group, which this Python gets wrong.", "Use Python 3.11.5 or newer.")
    deep, many = _repeats(tree)
    if many == 0:
        return lambda text: plain.fullmatch(text) is not None
    ways = None if _keeps(tree) else _Ways(tree)

    def matches(text: str) -> bool:
        easy = len(text) <= _SHORT if deep > 1 else float(len(text)) ** min(many, 40) <= _STEPS
        if easy:
            return plain.fullmatch(text) is not None
        if ways is None:
            raise InputError("regex() has a possessive repeat beside others, and a text too long to try every way.", "Write it plainer.")
        return ways.match(text)

    return matches


def _keeps(node: Node, *, of_groups: bool = False) -> bool:
    """Whether there is a possessive repeat in a pattern, or one of more than a single letter."""
    own = node[4] == _GREEDY and node[0] == "often" and not (of_groups and node[1][0][0] == "letter")
    return own or any(_keeps(part, of_groups=of_groups) for part in node[1])


def _compiled(pattern: str) -> re.Pattern[str]:
    problem = ""
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as trouble:
        problem = trouble.msg if isinstance(trouble, re.error) else "too deep, or too often"
    raise InputError(f"regex() has a pattern that cannot be read: {problem}.", "Compare its brackets and signs.")


def _nested(pattern: str) -> bool:
    """Whether a group that repeats holds a repeat, in a pattern that is not read further."""
    bare = _CLASS.sub("x", re.sub(r"\\.", "x", pattern, flags=re.DOTALL))
    held = [False]
    for k, sign in enumerate(bare):
        if sign == "(":
            held.append(False)
        elif sign == ")" and len(held) > 1:
            inside = held.pop()
            if inside and bare[k + 1 : k + 2] in ("*", "+", "{"):
                return True
            held[-1] |= inside
        elif sign in "*+{|":
            held[-1] = True
    return False


def _repeats(node: Node) -> tuple[int, int]:
    """How many repeats are within each other, and how many there are; what may be there or not counts within a repeat."""
    _, inside, least, most, sign = node
    below = [_repeats(part) for part in inside]
    deep, many = max((d for d, _ in below), default=0), sum(m for _, m in below)
    repeated = most < 0 or most > 1
    if node[0] == "either" and deep == 0:
        deep = 1  # two ways to begin, which only matter when they are repeated
    if sign == _GREEDY and node[0] == "often" and least <= 1:
        return deep, many  # it takes what it takes: there is one way
    return (deep + 1, many + 1) if repeated or (least, most) == (0, 1) else (deep, many)


class _Pattern:
    """Reads a pattern into a tree; what is beyond the plain signs makes it give up."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def read(self) -> Node | None:
        """The tree, or None where there are signs that look ahead or back."""
        try:
            made = self.either()
        except LookupError:
            return None
        return made if self.at == len(self.text) else None

    def either(self) -> Node:
        parts = [self.row()]
        while self.text[self.at : self.at + 1] == "|":
            self.at += 1
            parts.append(self.row())
        return parts[0] if len(parts) == 1 else ("either", tuple(parts), 1, 1, "")

    def row(self) -> Node:
        parts: list[Node] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self.often(self.part()))
        return ("row", tuple(parts), 1, 1, "")

    def part(self) -> Node:
        if self.text[self.at] == "(":
            opened = _OPENS.match(self.text, self.at)
            if opened is None:
                raise LookupError
            self.at = opened.end()
            inside = self.either()
            self.at += 1
            return ("row", (inside,), 1, 1, "")
        if self.text[self.at] in "^$":
            self.at += 1
            return ("begin" if self.text[self.at - 1] == "^" else "end", (), 1, 1, "")
        found = {"[": _CLASS, "\\": _ESCAPES}.get(self.text[self.at])
        ended = found.match(self.text, self.at) if found else None
        if found is not None and ended is None:
            raise LookupError
        start, self.at = self.at, ended.end() if ended else self.at + 1
        sign = self.text[start : self.at]
        return ("letter", (), 1, 1, sign if len(sign) > 1 or sign == "." else re.escape(sign))

    def often(self, part: Node) -> Node:
        sign = self.text[self.at : self.at + 1]
        least, most = {"*": (0, -1), "+": (1, -1), "?": (0, 1)}.get(sign, (1, 1))
        if sign and sign in "*+?":
            self.at += 1
        elif sign == "{" and (times := _TIMES.match(self.text, self.at)) and times.group(0) not in ("{}", "{,}"):
            self.at = times.end()
            least = int(times.group(1) or 0)
            most = least if not times.group(2) else int(times.group(3)) if times.group(3) else -1
        else:
            return part
        if self.text[self.at : self.at + 1] == "+":
            self.at += 1
            return ("often", (part,), least, most, _GREEDY)
        self.at += self.text[self.at : self.at + 1] == "?"  # as few as can be: of a whole text it says the same
        return ("often", (part,), least, most, "")


@dataclass(slots=True, eq=False)
class _Ways:
    """The places of a pattern: what each one tests and where it leads; all that a text can be at are followed at once."""

    tree: Node
    tests: list[str] = field(default_factory=list[str])
    leads: list[list[int]] = field(default_factory=list[list[int]])
    first: int = 0
    sets: dict[frozenset[int], dict[str, Any]] = field(default_factory=dict[frozenset[int], dict[str, Any]])
    letters: dict[str, re.Pattern[str]] = field(default_factory=dict[str, re.Pattern[str]])

    def __post_init__(self) -> None:
        self._place("done")
        self.first = self._built(self.tree, 0)
        self.letters = {test[1:]: re.compile(test[1:]) for test in self.tests if test[0] == "="}

    def _place(self, test: str, *leads: int) -> int:
        if len(self.tests) > _MOST:
            raise InputError("regex() has a pattern that repeats too often.", "Write it with fewer repeats.")
        self.tests.append(test)
        self.leads.append(list(leads))
        return len(self.tests) - 1

    def _built(self, node: Node, after: int) -> int:
        """The place where a node begins, when it goes on at another one."""
        sort, inside, least, most, test = node
        if sort == "letter":
            return self._place(f"={test}", after)
        if sort in ("begin", "end"):
            return self._place(sort, after)
        if sort == "either":
            return self._place("any", *(self._built(part, after) for part in inside))
        if sort == "often":
            return self._often(inside[0], least, most, after)
        for part in reversed(inside):
            after = self._built(part, after)
        return after

    def _often(self, part: Node, least: int, most: int, after: int) -> int:
        begin = after
        if most < 0:
            begin = self._place("any", after)
            self.leads[begin].insert(0, self._built(part, begin))
        for _ in range(most - least):
            begin = self._place("any", self._built(part, begin), after)
        for _ in range(least):
            begin = self._built(part, begin)
        return begin

    def _open(self, places: Iterable[int], *, begin: bool = False, end: bool = False) -> frozenset[int]:
        """These places and those that are reached from them without a letter."""
        pile, found = list(places), set[int]()
        while pile:
            at = pile.pop()
            if at in found:
                continue
            found.add(at)
            test = self.tests[at]
            if test == "any" or (test == "begin" and begin) or (test == "end" and end):
                pile += self.leads[at]
        return frozenset(found)

    def match(self, text: str) -> bool:
        """Whether the whole text has the pattern. Where a letter leads from a set of places is worked out once."""
        at = self._known(self._open([self.first], begin=True))
        for letter in text:
            after = at.get(letter)
            if after is None:
                after = at[letter] = self._known(self._open(self.leads[k][0] for k in at[""] if self._takes(k, letter)))
            at = after
        return 0 in self._open(at[""], begin=not text, end=True)

    def _known(self, places: frozenset[int]) -> dict[str, Any]:
        """Where letters lead from these places, as far as that is known; under an empty text the places themselves."""
        if len(self.sets) > _MOST:
            self.sets = {}
        return self.sets.setdefault(places, {"": places})

    def _takes(self, place: int, letter: str) -> bool:
        test = self.tests[place]
        return test[0] == "=" and self.letters[test[1:]].fullmatch(letter) is not None
