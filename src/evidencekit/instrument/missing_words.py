"""How forms say "I do not know" and "I prefer not to say", in several languages.

A label counts only when the whole of it is such a phrase: "the hospital refused" and "I do not know the offender" are answers. The
phrases are those of which we are sure; a form in other words is for the analyst to say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from types import MappingProxyType

from evidencekit.missingness import Missing

__all__ = ["kinds_in"]

_PHRASES: Mapping[Missing, tuple[str, ...]] = MappingProxyType(
    {
        Missing.DONT_KNOW: (
            # English
            r"(?:i )?(?:do not|don ?t|does not|doesn ?t|did not|didn ?t) know(?: the answer)?|dk|d k",
            r"(?:i m |i am )?(?:not sure|unsure)|(?:i )?(?:can ?not|can ?t|do not|don ?t) (?:remember|recall)",
            # French, Spanish, Portuguese
            r"(?:je )?ne (?:sais|sait) pas|je sais pas|nsp|ne se souvient pas|je ne me souviens pas",
            r"no (?:lo )?s[eé]|no (?:lo )?sabe|ns|no (?:recuerda|recuerdo|me acuerdo)|no est[aáoy]+ segur[oa]",
            r"(?:eu )?n[aã]o (?:sei|sabe)|n[aã]o (?:me )?lembr[oa]|n[aã]o tenho certeza",
            # Khmer, Thai, Vietnamese
            "(?:ខ្ញុំ)?មិនដឹង(?:ទេ)?",
            "(?:ฉัน)?(?:ไม่ทราบ|ไม่รู้|ไม่แน่ใจ)",
            r"(?:tôi |em |cháu )?(?:không biết|không chắc|không nhớ)",
            # Tagalog, Bahasa Indonesia, Bahasa Melayu
            r"(?:hindi|di) (?:ko )?alam|hindi (?:ako )?sigurado",
            r"(?:saya )?(?:tidak|tak|tdk) (?:tahu|tau|yakin|pasti|ingat)",
        ),
        Missing.REFUSED: (
            r"refused?|refusal|(?:i )?refuse[ds]?(?: to (?:answer|say|respond|tell))|refused answer|rf",
            r"(?:i )?(?:would |d )?(?:prefers?|rather|choose|wish)(?: to)? not(?: to)? (?:say|answer|respond|tell)(?: this(?: question)?)?",
            r"(?:i )?(?:do not|don ?t|does not|doesn ?t) (?:want|wish) to (?:say|answer|respond|tell)",
            r"declined?(?: to (?:answer|say|respond))?",
            r"refus[eé]?|refuse de r[eé]pondre|refus de r[eé]pondre|(?:je )?(?:pr[eé]f[eè]re) ne pas (?:r[eé]pondre|(?:le )?dire)",
            r"(?:je )?ne (?:souhaite|souhaites|veut|veux) pas r[eé]pondre",
            r"(?:prefiero|prefiere) no (?:responder|contestar|decir(?:lo)?)|no quier[eo] (?:responder|contestar)",
            r"reh[uú]s[aoó](?: (?:a )?(?:responder|contestar))?|se neg[oó] a (?:responder|contestar)|se niega a (?:responder|contestar)",
            r"(?:eu )?prefir[oe] n[aã]o (?:responder|dizer)|recus(?:a|ou|ou se)(?: (?:a )?responder)?|n[aã]o (?:quer|quero|quis) responder",
            "(?:ខ្ញុំ)?(?:មិនចង់ឆ្លើយ|បដិសេធ|បដិសេធមិនឆ្លើយ|បដិសេធក្នុងការឆ្លើយ)(?:ទេ)?",
            "(?:ฉัน)?(?:ไม่ต้องการตอบ|ไม่อยากตอบ|ไม่ขอตอบ|ขอไม่ตอบ|ไม่ประสงค์จะตอบ|ปฏิเสธ|ปฏิเสธที่จะตอบ|ปฏิเสธการตอบ|ปฏิเสธไม่ตอบ)",
            r"(?:tôi |em |cháu )?(?:từ chối(?: trả lời)?|không muốn (?:trả lời|nói))",
            r"tumanggi|tumangging sumagot|ayaw(?: ko(?:ng)?)? (?:sumagot|sagutin)",
            r"mas gusto kong (?:hindi|huwag) (?:sumagot|sagutin|sabihin)",
            r"(?:saya )?(?:menolak|enggan)(?: untuk)?(?: menjawab)?|(?:saya )?(?:tidak|tak) (?:mau|ingin|mahu|bersedia) menjawab",
            r"(?:saya )?(?:lebih suka|memilih)(?: untuk)? tidak (?:menjawab|mengatakan)",
        ),
        Missing.UNSTATED: (
            r"no (?:answer|response|reply)|not stated|nr|sans r[eé]ponse|pas de r[eé]ponse|ne r[eé]pond pas",
            r"no (?:responde|contesta|respondi[oó]|contest[oó])|sin respuesta|n[aã]o respondeu|n[aã]o responde|sem resposta",
            "មិនឆ្លើយ|មិនមានចម្លើយ|ไม่ตอบ|không trả lời|walang sagot|tidak menjawab|tidak ada jawaban|tiada jawapan",
        ),
    }
)
_PATTERNS = {kind: re.compile("|".join(phrases)) for kind, phrases in _PHRASES.items()}
_ASIDE = re.compile(r"<[^>]*>|\([^)]*\)|\[[^\]]*\]|^\W*-?\d+\s*[.:=)\-]\s*")  # tags, what stands in brackets, a code before the label
_JOINTS = re.compile(r"\s*(?:/|\||,|;|\s-\s|\bor\b|\bou\b|\bo\b|\bhoặc\b|\batau\b|หรือ|ឬ)\s*")


def kinds_in(label: str) -> frozenset[Missing]:
    """The kinds of missing answer that a label says: none, one, or several that it joins ("don't know / refused").

    Examples
    --------
    >>> from evidencekit.instrument.missing_words import kinds_in
    >>> sorted(kind.value for kind in kinds_in("Don't know / refused"))
    ["don't know", 'prefer not to say']
    >>> kinds_in("The hospital refused")
    frozenset()
    """
    joined = _plain(" / ".join(part for part in re.split(r"[()\[\]]", label) if part.strip()))  # "Don't know (refused)"
    whole = _plain(_ASIDE.sub(" ", label))
    for text in (joined, whole):
        kinds = [_kind(part) for part in _JOINTS.split(text) if part.strip()]
        if len(kinds) > 1 and None not in kinds:
            return frozenset(kind for kind in kinds if kind is not None)
    kind = _kind(whole)
    return frozenset() if kind is None else frozenset({kind})


def _kind(text: str) -> Missing | None:
    """The kind of one phrase."""
    bare = _bare(text)
    return next((kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(bare)), None)


def _bare(text: str) -> str:
    """A text without punctuation; marks of vowels and tones stay, which are no letters to a pattern."""
    return " ".join("".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text).split())


def _plain(label: str) -> str:
    """A label in small letters, with one kind of apostrophe and space, and without what is not seen."""
    text = unicodedata.normalize("NFC", label).casefold()
    return " ".join("".join(c for c in text if unicodedata.category(c) != "Cf").split())
