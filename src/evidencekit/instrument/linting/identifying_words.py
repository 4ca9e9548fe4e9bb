"""How items that identify a person are called, in several languages."""

from __future__ import annotations

import re

from evidencekit.instrument.items import Item

__all__ = ["identifies", "of_birth"]

_PEOPLE = "child|respondent|parent|caregiver|mother|father|guardian|participant"
_NAMES = (
    r"\b(?:first|last|full|sur|family|given|maiden|nick|middle) ?names?\b",
    rf"\bnames? of (?:the |your )?(?:{_PEOPLE})\b",
    rf"^(?:(?:{_PEOPLE}) )?names?$",
    r"\b(?:what is|write|tell me) your names?\b",
    r"\bnoms? (?:complet|de famille)\b|\bpr[eé]noms?\b|\bvotre nom\b",
    r"\bnombre (?:completo|y apellidos?)\b|\bsu nombre\b|\bapellidos?\b",
    r"\bnome completo\b|\bseu nome\b|\bsobrenome\b",
    "ឈ្មោះរបស់|ชื่อ ?นามสกุล|ชื่อ(?:ของคุณ|จริง)",
    r"\bhọ (?:và )?tên\b|\bpangalan mo\b|\bbuong pangalan\b|\bnama lengkap\b|\bnama anda\b|\bnama penuh\b",
)
_NUMBERS = (
    r"\b(?:phone|telephone|mobile|cell|whatsapp) ?(?:numbers?|no)\b|^(?:tele|mobile ?)?phone$",
    r"\be ?mails?(?: address)?$|\bemail address\b|\b(?:home|street|postal) address\b",
    r"\bnational id\b|\bpassport\b|\bid (?:card|number)\b|\bsocial security\b",
    r"\bnum[eé]ro de (?:t[eé]l[eé]phone|portable)\b|\bcarte d identit[eé]\b|\badresse (?:postale|e ?mail)\b",
    r"\bn[uú]mero de (?:tel[eé]fono|telefone|celular)\b|\bcorreo electr[oó]nico\b|\bdocumento de identi[dt]ad",
    "លេខទូរស័ព្ទ|เบอร์โทร|หมายเลขโทรศัพท์|เลขบัตรประชาชน",
    r"\bsố điện thoại\b|\bnomor (?:telepon|hp)\b|\bnombor telefon\b|\bnumero ng telepono\b",
)
_BIRTHS = (
    r"\bdob\b|\b(?:date|day) (?:of birth|(?:you|he|she|they|the child) (?:was|were) born)\b|\bbirth ?(?:date|day)\b|\bborn\b",
    r"\bdate de naissance\b|\bfecha de nacimiento\b|\bdata de nascimento\b",
    "ថ្ងៃខែឆ្នាំកំណើត|วันเกิด|วัน เดือน ปีเกิด",
    r"\bngày sinh\b|\b(?:petsa|araw) ng kapanganakan\b|\btanggal lahir\b|\btarikh lahir\b",
)
_IDENTIFIES = re.compile("|".join((*_NAMES, *_NUMBERS)))
_BIRTH = re.compile("|".join(_BIRTHS))


def identifies(item: Item) -> bool:
    """Whether the name or the label of an item asks for a name, a number or an address of a person."""
    return _says(item, _IDENTIFIES)


def of_birth(item: Item) -> bool:
    """Whether the name or the label of an item asks when somebody was born."""
    return _says(item, _BIRTH)


def _says(item: Item, pattern: re.Pattern[str]) -> bool:
    labels = item.label.values() if not isinstance(item.label, str) else (item.label,)
    for text in (item.name.replace("_", " "), *labels):
        plain = text.casefold().replace("\u2019", " ").replace("'", " ").replace("-", " ").rstrip("?:. ")
        if pattern.search(" ".join(plain.split())):
            return True
    return False
