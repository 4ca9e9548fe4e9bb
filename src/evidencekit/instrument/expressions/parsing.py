"""Reading an expression: the XPath of XLSForm, with the quotes that word processors put in.

::

    or             a or b
    and            a and b
    comparison     =  !=  <  <=  >  >=
    sum            a + b, a - b
    product        a * b, a div b, a mod b
    sign           -a
    part           12  'text'  ${name}  .  ..  name  function(a, b)  (a)
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evidencekit.errors import InputError
from evidencekit.instrument.expressions.functions import EVALUABLE
from evidencekit.instrument.expressions.nodes import Call, Column, Expression, Here, Literal, Node, Operation, Path, Reference, walk
from evidencekit.instrument.expressions.properties import beyond

__all__ = ["parse"]

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<reference>\$\{\s*(?:last-saved\#)?[^\s{}]+\s*\})
    | (?P<text>'[^']*'|"[^"]*"|[\u2018-\u201a][^\u2018\u2019']*[\u2018\u2019']|[\u201c-\u201e][^\u201c\u201d"]*[\u201c\u201d"])
    | (?P<path>(?:\.\./|\./|/)[\w./\-:*\[\]=']*|\.\.)
    | (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+)
    | (?P<sign>!=|<=|>=|[=<>+\-*(),])
    | (?P<here>\.)
    | (?P<word>[^\W\d][\w\-:]*)
    )""",
    re.VERBOSE,
)
_PLAIN = str.maketrans({"\u00a0": " ", "\u2212": "-", "\u2013": "-"})  # a space and two dashes that word processors put in
_LEVELS: tuple[frozenset[str], ...] = (
    frozenset({"or"}),
    frozenset({"and"}),
    frozenset({"=", "!=", "<", "<=", ">", ">="}),
    frozenset({"+", "-"}),
    frozenset({"*", "div", "mod"}),
)
_COMPARISONS = 2  # of the levels
_DEEPEST = 60  # brackets within brackets, comparisons of comparisons


def parse(text: str) -> Expression:
    """Read an expression.

    Parameters
    ----------
    text : str
        Relevance, constraint, calculation or choice filter, as it stands in an XLSForm.

    Returns
    -------
    Expression
        What cannot be evaluated from the answers of one form (``pulldata``, positions in a repeat, random numbers, patterns that need
        more than Python knows of letters) is named in ``not_evaluable``, and never guessed.

    Raises
    ------
    InputError
        It is not an expression; the message says at which character.

    Examples
    --------
    >>> from evidencekit.instrument.expressions import parse
    >>> made = parse("${age} >= 15 and selected(${used}, 'chat')")
    >>> made.names, made.tests, made.not_evaluable
    (('age', 'used'), (('used', 'chat'),), ())
    >>> parse("pulldata('schools', 'name', 'key', ${school})").not_evaluable
    ('pulldata()',)
    """
    if not isinstance(text, str):
        raise InputError(f"An expression is text, not a {type(text).__name__}.")
    reader = _Reader(_tokens(text.translate(_PLAIN)), len(text))
    tree = reader.level(0)
    if reader.at < len(reader.tokens):
        raise reader.wrong("something that does not belong there")
    return Expression(text, tree, tuple(dict.fromkeys(name for node in walk(tree) if (name := _not_evaluable(node)))))


def _not_evaluable(node: Node) -> str:
    """What in a node needs more than the answers of one form."""
    if isinstance(node, Call) and node.name not in EVALUABLE:
        return f"{node.name}()"
    if isinstance(node, Call) and node.name == "regex" and len(node.arguments) == 2:
        pattern = node.arguments[1]
        trouble = beyond(pattern.value) if isinstance(pattern, Literal) and isinstance(pattern.value, str) else ""
        return f"regex() with {trouble}" if trouble else ""
    if isinstance(node, Path):
        return node.text
    if isinstance(node, Reference) and node.last_saved:
        return "last-saved"
    return ""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    at: int


def _tokens(text: str) -> list[_Token]:
    out: list[_Token] = []
    at = 0
    while at < len(text) and text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            place = at + len(text[at:]) - len(text[at:].lstrip())
            remedy = "Look for quotes that do not close, or a stray sign."
            raise InputError(f"The expression cannot be read at character {place + 1}.", remedy)
        out.append(_Token(found.lastgroup, found.group(found.lastgroup), found.start(found.lastgroup)))
        at = found.end()
    return out


class _Reader:
    """Goes through the tokens once, from the weakest binding sign to the strongest."""

    def __init__(self, tokens: list[_Token], length: int) -> None:
        self.tokens, self.length, self.at, self.depth = tokens, length, 0, 0

    def next(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def wrong(self, found: str) -> InputError:
        token = self.next()
        where = "at its end" if token is None else f"at character {token.at + 1}"
        return InputError(f"The expression cannot be read {where}: there is {found}.", "Compare brackets, quotes and signs.")

    def take(self, text: str) -> bool:
        token = self.next()
        if token is not None and token.kind == "sign" and token.text == text:
            self.at += 1
            return True
        return False

    def level(self, k: int) -> Node:
        """Everything that binds at least as strongly as level k."""
        if k == len(_LEVELS):
            return self.signed()
        left, long = self.level(k + 1), 0
        while (token := self.next()) is not None and token.kind in ("sign", "word") and token.text in _LEVELS[k]:
            self.at += 1
            left, long = Operation(token.text, left, self.level(k + 1)), long + 1
            if k == _COMPARISONS and long > _DEEPEST:
                raise self.wrong("a comparison of comparisons without end")
        return left

    def signed(self) -> Node:
        minus = False
        while self.take("-"):
            minus = not minus
        part = self.part()
        if not minus:
            return part
        if isinstance(part, Literal) and isinstance(part.value, float):
            return Literal(-part.value)
        return Operation("-", None, part)

    def part(self) -> Node:
        token = self.next()
        if token is None:
            raise self.wrong("something missing")
        if self.take("("):
            return self.bracketed()
        if token.kind == "sign":
            raise self.wrong("a sign where a value should be")
        self.at += 1
        if token.kind == "word" and self.take("("):
            return Call(token.text, self.arguments())
        return _value(token)

    def bracketed(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong("a bracket too many within others")
        inside = self.level(0)
        if not self.take(")"):
            raise self.wrong("a bracket that does not close")
        self.depth -= 1
        return inside

    def arguments(self) -> tuple[Node, ...]:
        if self.take(")"):
            return ()
        self.depth += 1
        if self.depth > _DEEPEST:
            raise self.wrong("a bracket too many within others")
        out = [self.level(0)]
        while self.take(","):
            out.append(self.level(0))
        if not self.take(")"):
            raise self.wrong("a bracket that does not close")
        self.depth -= 1
        return tuple(out)


def _value(token: _Token) -> Node:
    """A token that is a value by itself."""
    if token.kind == "reference":
        name = token.text[2:-1].strip()
        return Reference(name.removeprefix("last-saved#"), last_saved=name.startswith("last-saved#"))
    if token.kind == "text":
        return Literal(token.text[1:-1])
    if token.kind == "number":
        return Literal(float(token.text))
    if token.kind == "here":
        return Here()
    return Path(token.text) if token.kind == "path" else Column(token.text)
