"""The kinds of planted errors.

::

    skip-answered       an answer where the form would not have asked
    required-blank      no answer where the form asks for one
    outside-list        a code that is not in the list
    outside-constraint  a number that the form would not have taken
    exclusive           "none of these", or a missing kind, together with another choice
    duplicate-key       the key of another interview
    end-before-start    an interview that ends before it starts
    copied-answers      all answers are those of another interview

An error of the first five kinds is planted in an item that no expression refers to, so that it breaks its own rule and no other.
"""

from __future__ import annotations

from typing import Literal

__all__ = ["ErrorKind"]

ErrorKind = Literal[
    "skip-answered",
    "required-blank",
    "outside-list",
    "outside-constraint",
    "exclusive",
    "duplicate-key",
    "end-before-start",
    "copied-answers",
]
