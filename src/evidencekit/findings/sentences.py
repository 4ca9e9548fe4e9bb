"""A sentence: its first letter large, one full stop at its end."""

from __future__ import annotations

__all__ = ["sentence_of"]


def sentence_of(text: str) -> str:
    """Words as a sentence.

    Examples
    --------
    >>> from evidencekit.findings.sentences import sentence_of
    >>> sentence_of("between 9  and 15 in 100.")
    'Between 9 and 15 in 100.'
    """
    text = " ".join(text.split())
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."
