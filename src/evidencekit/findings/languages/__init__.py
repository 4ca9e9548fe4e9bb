"""Languages: what findings say is made from templates that people translated and checked; numbers are as the CLDR has them.

``offered()`` are the languages that may be used now, ``language="vi"`` asks for one, ``Catalogue.read("vi.po")`` takes a file of your own.
"""

from evidencekit.findings.languages.messages import Figure, Message, Told, joined, percentage, said, say, sentence
from evidencekit.findings.languages.offering import LANGUAGES, Language, catalogue, offered, speaking
from evidencekit.findings.languages.speaking import ENGLISH, Catalogue
from evidencekit.findings.languages.templates import template

__all__ = [
    "ENGLISH",
    "LANGUAGES",
    "Catalogue",
    "Figure",
    "Language",
    "Message",
    "Told",
    "catalogue",
    "joined",
    "offered",
    "percentage",
    "said",
    "say",
    "sentence",
    "speaking",
    "template",
]
