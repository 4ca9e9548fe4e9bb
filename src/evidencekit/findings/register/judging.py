"""Which claim a number in a draft belongs to, and whether its words say what the claim supports."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from evidencekit.findings.register.context import Sentences, group_after, group_before, stems
from evidencekit.findings.register.known import Claim, Known
from evidencekit.findings.register.mentions import Key, Mention, mentions
from evidencekit.findings.register.models import ADJUSTED, out_of_model, unsaid
from evidencekit.findings.register.numerals import even
from evidencekit.findings.register.passages import Passage
from evidencekit.findings.register.report import Found, Verdict
from evidencekit.findings.register.settings import places_in, years_in, years_said
from evidencekit.findings.register.sides import EMPHASIS, holds

__all__ = ["judge"]

_FULL = 4  # telling words from which a wording is a sentence of its own
_NEAR = 280  # characters after a number in which its people are looked for
_SIDELESS = {"", "about"}
_AROUND = 36
_One = TypeVar("_One", str, int)


@dataclass(frozen=True, slots=True)
class _Scene:
    """A number with the words around it."""

    text: str
    lower: str
    mention: Mention
    start: int  # of its sentence
    end: int
    previous_end: int  # of the number before it, or its sentence's start
    next_start: int
    context: str
    sentences: Sentences
    first: int  # where the first number of its sentence begins: what stands before it is said of all of them
    here: Counter[Key]  # the numbers of its sentence

    @property
    def words(self) -> frozenset[str]:
        found = self.sentences.words(self.start, self.end)
        return found | stems(self.context) if self.context else found

    @property
    def following(self) -> str:
        return self.text[self.mention.end : min(self.next_start, self.mention.end + _NEAR)]

    @property
    def preceding(self) -> str:
        return self.text[max(self.previous_end, self.mention.start - _NEAR) : self.mention.start]


def judge(passage: Passage, known: Known, on: date) -> list[Found]:
    """Every statistic of a passage with its verdict, in order."""
    held = [one for one in mentions(passage.text) if one.kind != "duration" or known.counts_years]
    if not held:
        return []
    text, sentences = passage.text, Sentences(passage.text)
    lower = even(text).replace("\u0130", "I").lower()
    judged = list[tuple[Mention, _Verdict]]()
    scenes, cores = list[_Scene](), [one.core for one in held]
    inside: dict[tuple[int, int], tuple[int, Counter[Key]]] = {}  # read once for all numbers of a sentence
    for k, one in enumerate(held):
        start, end = sentences.around(one.core)
        before = max(start, held[k - 1].end) if k else start
        after = min(end, held[k + 1].start) if k + 1 < len(held) else end
        if (start, end) not in inside:
            first, last = bisect_left(cores, start), bisect_left(cores, end)
            inside[start, end] = (held[first].start, Counter(one.key for one in held[first:last]))
        scenes.append(_Scene(text, lower, one, start, end, before, after, passage.context, sentences, *inside[start, end]))
    numbers = {k: _number(scene, known, on) for k, scene in enumerate(scenes) if scene.mention.kind != "word"}
    for k, scene in enumerate(scenes):
        if k in numbers:
            verdict = numbers[k]
        else:
            beside = {i for j, (_, ids, _) in numbers.items() if scenes[j].start == scene.start for i in ids}
            verdict = _comparison(scene, known, on, beside)
        judged.append((scene.mention, verdict))
    breaks = [0, *(found.end() for found in re.finditer("\n", text))] if not passage.place else []
    return [_found(passage, breaks, one, known) for one in judged]


_Verdict = tuple[Verdict, tuple[int, ...], str]


def _number(scene: _Scene, known: Known, on: date) -> _Verdict:
    one = scene.mention
    candidates = known.by_key.get(one.key, [])
    covered = {k: words for k in candidates if (words := _covered(scene, known.claims[k])) is not None}
    if not candidates:
        return _stranger(scene, known)
    best = _best(scene, known, [k for k, words in covered.items() if words >= _FULL] or candidates, on)

    def of_model(k: int) -> list[str]:
        return out_of_model(known.claims[k], one.key, _said_around(scene), _adjusted_beside(scene, known))

    told = {
        k: [*(_another_setting if covered.get(k, 0) >= _FULL else _said_too_much)(scene, known.claims[k], known), *of_model(k)]
        for k in best
    }
    fine = tuple(k for k in best if not told[k])
    if fine:
        return _in_time(scene, known, fine, on)
    return "reworded", tuple(best), "; ".join(told[best[0]])


def _in_time(scene: _Scene, known: Known, fine: tuple[int, ...], on: date) -> _Verdict:
    valid = tuple(k for k in fine if not _expired(known.claims[k], on))
    if not valid:
        return "stale", fine, f"expired on {known.claims[fine[0]].entry.expires}"
    shared = scene.words & known.claims[valid[0]].words
    return "right", valid, "" if shared else "no word around it is the claim's"


def _expired(claim: Claim, on: date) -> bool:
    return claim.entry.expires is not None and claim.entry.expires < on


def _covered(scene: _Scene, claim: Claim) -> int | None:
    """How many telling words the longest wording has that stands here, number and all; None where none does."""
    one, longest = scene.mention, None
    for shape, words, size in claim.wordings.get(one.key, []):
        reach = size + 24
        first = max(0, one.start - reach)
        for hit in shape.finditer(scene.lower, first, min(len(scene.lower), one.end + reach)):
            if hit.start() <= one.start and hit.end() >= one.end:
                longest = max(longest or 0, words)
    return longest


def _score(scene: _Scene, claim: Claim) -> tuple[int, int]:
    near = stems(_clause(scene.following, -1)) & claim.words
    back = stems(_clause(scene.preceding, 1) + " " + scene.context) & claim.words
    whole = scene.words & claim.words
    return 3 * len(near) + 2 * len(back) + len(whole), len(stems(scene.sentences.previous(scene.mention.core)) & claim.words)


def _clause(text: str, side: int) -> str:
    """What belongs to the number's own clause: up to the first stop after it, from the last stop before it."""
    for stop in (";", " while ", " whereas ", " and ", ", "):
        parts = text.split(stop)
        text = parts[0] if side < 0 else parts[-1] if parts[-1].strip() else parts[-2] if len(parts) > 1 else text
    return text


def _best(scene: _Scene, known: Known, candidates: list[int], on: date) -> list[int]:
    """The claims whose words are most like those around the number; of several as like, those that are not expired."""
    if len(candidates) == 1:
        return candidates
    scores = {k: (*_score(scene, known.claims[k]), not _expired(known.claims[k], on)) for k in candidates}
    top = max(scores.values())
    return [k for k in candidates if scores[k] == top]


def _said_too_much(scene: _Scene, claim: Claim, known: Known) -> list[str]:
    """What the words say that the claim does not support; empty where they are right."""
    one = scene.mention
    sides = claim.sides[one.key]
    out = list[str]()
    if not (one.side in sides or (one.side in _SIDELESS and sides & _SIDELESS)):
        measure = claim.quantity(one)
        if one.side == EMPHASIS:
            out.append("a word before it judges the number, which no interval does")
        elif measure is None or not holds(one.side, one.low, measure.low, measure.high, share=measure.unit == "share"):
            said = (
                f"{one.side!r} is not true of the whole interval"
                if one.side not in _SIDELESS
                else "the claim is on one side of this number"
            )
            out.append(said)
    if _everybody(scene, claim):
        out.append("the claim has this number of all those whom it is about, not of those who are concerned")
    return out + _another_basis(scene, claim, known)


def _answers(scene: _Scene, claim: Claim) -> bool:
    """Whether a number is how many answered."""
    return scene.mention.key in {m.key for one in claim.entry.numbers if one.role == "answers" for m in mentions(one.text)}


def _everybody(scene: _Scene, claim: Claim) -> bool:
    """Whether a number is a claim's population, and is not said as what a part is of."""
    sizes = {m.key for one in claim.entry.numbers if one.role == "population" for m in mentions(one.text)}
    return scene.mention.key in sizes and re.search(r"\b(?:of|among)(?: all)?(?: the)?\s*$", scene.preceding.lower()) is None


def _said_around(scene: _Scene) -> tuple[str, str]:
    """The sentence of a number, and what is said before it: the sentence before, and the heading above."""
    return scene.text[scene.start : scene.end], f"{scene.sentences.previous(scene.mention.core)} {scene.context}"


def _adjusted_beside(scene: _Scene, known: Known) -> bool:
    """Whether a number of the sentence is that of a claim in which a model holds other things equal."""
    return any(ADJUSTED in known.claims[k].roles.get(key, ()) for key in scene.here for k in known.by_key.get(key, []))


def _another_setting(scene: _Scene, claim: Claim, known: Known) -> list[str]:
    """Whether the words around a number say another place or year of it; those of the other claims of its sentence are theirs."""
    if not (claim.names or claim.years):
        return []
    whole = even(scene.text[scene.start : scene.end])
    places = [] if not claim.names or any(map(claim.is_in, places_in(whole))) else _near(scene, places_in)
    years = [] if not claim.years or years_in(whole) & claim.years else _near(scene, years_said)
    if not (places or years):
        return []
    keys = [key for key, times in scene.here.items() if key != scene.mention.key or times > 1]
    others = [known.claims[k] for key in keys for k in known.by_key.get(key, []) if known.claims[k] is not claim]
    out = ["it is said of another place"] if any(not any(one.is_in(name) for one in others) for name in places) else []
    return out + (["it is said of another year"] if set(years) - {year for one in others for year in one.years} else [])


def _near(scene: _Scene, look: Callable[[str], Iterable[_One]]) -> list[_One]:
    """What is said of a number: before the first of its sentence, and between its neighbours."""
    begin = scene.text[scene.start : scene.first]
    back = "" if scene.mention.start <= scene.first else scene.preceding
    return [one for part in (begin + " ... " + scene.following, back) for one in look(even(part))]


def _another_basis(scene: _Scene, claim: Claim, known: Known) -> list[str]:
    out, of = list[str](), claim.basis
    group, everyone = group_after(scene.following)
    if not group and not _answers(scene, claim):  # "a sample of children; 962 answers" of girls
        group, everyone = group_before(scene.preceding)
    if scene.mention.kind in ("word", "times"):  # a comparison is of two groups
        group, everyone = "", False
    groups = claim.groups.get(scene.mention.key) or of.groups
    if group and groups and group not in groups:
        out.append(f"it is said of {group}, and the claim is not")
    elif everyone and not of.all_said and of.groups:
        out.append("it is said of all, and the claim is of some")
    said = scene.sentences.basis(scene.start, scene.end)
    out += _another_setting(scene, claim, known)
    if of.ages and said.ages and not (said.ages & of.ages):
        out.append("it is said of other ages")
    if of.recalls and said.recalls and not (said.recalls & of.recalls):
        out.append("it is said of another period")
    return out


def _stranger(scene: _Scene, known: Known) -> _Verdict:
    """A number that no wording has: another rounding of a claim's, or nobody's."""
    one, words = scene.mention, scene.words
    able = dict[int, tuple[int, str]]()
    alike = dict[int, int]()
    for k, claim in enumerate(known.claims):
        shared = len(words & claim.words)
        if shared:
            alike[k] = shared
            why = _other_rounding(one, claim)
            if why:
                able[k] = shared, why
    if able:
        top = max(shared for shared, _ in able.values())
        ids = tuple(k for k, (shared, _) in able.items() if shared == top)
        return "reworded", ids, able[ids[0]][1]
    top = max(alike.values(), default=0)
    if top >= _FULL:
        near = next(k for k, shared in alike.items() if shared == top)
        return "unknown", (), f"the words around it are those of {known.claims[near].entry.id}, and the number is not"
    return "unknown", (), "no claim has this number"


def _other_rounding(one: Mention, claim: Claim) -> str:
    other = {"percent": "points", "points": "percent"}.get(one.kind, "")
    if other and (other, *one.key[1:]) in claim.sides:
        return f"the claim says {'percentage points' if other == 'points' else 'per cent'}, which is something else"
    for number in claim.entry.numbers:
        if not one.unit or number.unit != one.unit:
            continue
        low, high = (number.value, number.value) if number.low is None or number.high is None else (number.low, number.high)
        if one.low <= high + 1e-12 and one.high >= low - 1e-12:
            return "the number is within the claim's bounds, and no allowed wording has it"
        if one.side not in _SIDELESS and holds(one.side, one.low, low, high, share=number.unit == "share"):
            return "true of the claim, and no allowed wording has it"
    return ""


def _comparison(scene: _Scene, known: Known, on: date, beside: set[int]) -> _Verdict:
    """A comparison without a number: right where a wording of the claim that the sentence is about has it."""
    words = scene.words
    own = known.by_key.get(scene.mention.key, [])
    fine = [k for k in own if _covered(scene, known.claims[k]) is not None]
    fine = fine or [k for k in own if k in beside or len(words & known.claims[k].words) >= 2]
    if fine:
        best = tuple(_best(scene, known, fine, on))
        if not any(_covered(scene, known.claims[k]) for k in best):
            claim = known.claims[best[0]]
            moved = [*_another_basis(scene, claim, known), *(unsaid(claim, *_said_around(scene)))]
            if moved:
                return "reworded", best, "; ".join(moved)
        return _in_time(scene, known, best, on)
    about = {k: n for k, claim in enumerate(known.claims) if (n := len(words & claim.words)) >= 2 or k in beside}
    if about:
        top = max(about.values())
        ids = tuple(sorted(beside)) or tuple(k for k, n in about.items() if n == top)
        return "reworded", ids, "a comparison that no wording of the claim has"
    return "unknown", (), "a comparison that no claim has"


def _found(passage: Passage, breaks: list[int], judged: tuple[Mention, _Verdict], known: Known) -> Found:
    text, (one, (verdict, ids, why)) = passage.text, judged
    left, right = max(0, one.start - _AROUND), min(len(text), one.end + _AROUND)
    said = " ".join(text[one.start : one.end].split())
    around = f"{'...' if left else ''}{' '.join(text[left:right].split())}{'...' if right < len(text) else ''}"
    names = tuple(known.claims[k].entry.id for k in ids)
    heads = tuple(known.claims[k].entry.headline for k in ids)
    place = passage.place or f"line {passage.line + bisect_right(breaks, one.start) - 1}"
    cut = {"text": said[:60], "around": around[:140]}
    return Found(place=place, at=one.start, **cut, verdict=verdict, claims=names, why=why, headlines=heads)
