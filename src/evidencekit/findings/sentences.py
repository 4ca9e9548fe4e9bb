"""A sentence: its first letter large, one full stop at its end."""

from __future__ import annotations

from evidencekit.findings.languages.messages import Message, sentence

__all__ = ["sentence_of"]


def sentence_of(text: str) -> Message:
    """Words as a sentence.

    Examples
    --------
    >>> from evidencekit.findings.sentences import sentence_of
    >>> sentence_of("between 9  and 15 in 100.")
    'Between 9 and 15 in 100.'
    """
    return sentence(text)
