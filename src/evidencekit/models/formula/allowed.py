"""What a formula may ask for: arithmetic and a few functions of columns, and nothing else that Python could do.

formulaic works expressions out as Python, with all of Python's own functions at hand. A formula that came in a file, or from a form, could
open files, print rows or never end; so an expression is read first, and only what models need is let through.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterator, Sequence

from evidencekit.errors import InputError

__all__ = ["QUOTED", "called_in", "check_expression", "check_python", "check_size"]

QUOTED = re.compile(r"`([^`]+)`")
PLAIN = {
    *("I", "C", "log", "log10", "log2", "exp", "exp2", "bs", "cr", "cs", "cc", "poly", "center", "scale", "standardize"),
    *("Treatment", "Sum", "Helmert", "Diff", "Poly"),
}
OF_NUMPY = {
    *("log", "log1p", "log2", "log10", "exp", "expm1", "sqrt", "square", "abs", "minimum", "maximum", "where", "floor", "ceil"),
    *("sin", "cos", "clip"),
}
CODINGS = frozenset(("contr", *(f"contr.{way}" for way in ("treatment", "sum", "helmert", "diff", "poly", "SAS"))))
FUNCTIONS = frozenset((*PLAIN, *(f"np.{name}" for name in OF_NUMPY), *CODINGS))
PARTS = (ast.Expression, ast.Call, ast.keyword, ast.Name, ast.Attribute, ast.Load, ast.Constant, ast.List, ast.Tuple)
NODES = (*PARTS, ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)
MOST_COLUMNS = 1_000  # of a spline or a polynomial
MOST_TERMS = 100_000
MOST_LETTERS = 100_000
POWER = re.compile(r"(?:\*\*|\^)\s*(\d+)")


def check_python(formula: str, columns: Collection[str] | None = None) -> None:
    """Check every expression of a formula, before formulaic sees it: it works some out while it reads.

    Raises
    ------
    InputError
        As for `check_expression`.
    """
    from formulaic.parser.algos.tokenize import tokenize

    for token in tokenize(formula):
        if token.kind is token.Kind.PYTHON:
            check_expression(token.token, columns)


def check_expression(expression: str, columns: Collection[str] | None = None) -> None:
    """Raise `InputError` for an expression that does more than calculate with columns.

    Parameters
    ----------
    expression : str
        As the formula writes it; names with spaces in backticks.
    columns : collection of str, optional
        What it may name; by default anything.
    """
    if columns is not None and expression in columns:
        return
    bare = QUOTED.sub("_", expression)
    try:
        tree = ast.parse(bare, mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        tree = None
    if tree is None:
        raise InputError(
            "An expression of the formula cannot be read.", "Names with spaces or dots stand in backticks; codes as categories are C(age)."
        )
    known = {"_", *columns} if columns is not None else {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - {"np"}
    told = next(_odd(tree, known), None)
    if told:
        raise InputError(
            f"A formula calculates with columns, and this one {told}.",
            "It may use arithmetic, comparisons, I(), log(), exp(), bs(), cr(), poly(), center(), scale(), and np.sqrt and the like; "
            "codes as categories are C(x). Work anything else out as a column first.",
        )


def _odd(tree: ast.AST, columns: set[str]) -> Iterator[str]:
    """What an expression does that none may, in words."""
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    inner = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if not isinstance(node, NODES) or isinstance(node, (ast.LShift, ast.RShift, ast.MatMult)):
            yield "does something else"
        elif isinstance(node, ast.Attribute):
            if not (id(node) in functions and ast.unparse(node) in FUNCTIONS) and ast.unparse(node) not in CODINGS:
                yield "asks for a part of something"
        elif isinstance(node, ast.Call):
            yield from _called(node)
        elif isinstance(node, ast.Name) and id(node) not in functions | inner and node.id not in {*columns, *FUNCTIONS}:
            yield "names something that is not a column of the data"
        elif isinstance(node, ast.BinOp):
            if any(isinstance(part, (ast.List, ast.Tuple)) or _is_text(part) for part in (node.left, node.right)):
                yield "calculates with text or lists"
            if isinstance(node.op, ast.Pow) and not any(isinstance(part, ast.Name) for part in ast.walk(node)):
                yield "raises a number to a power"


def _called(node: ast.Call) -> Iterator[str]:
    name = ast.unparse(node.func)
    if name not in FUNCTIONS and name != "offset":
        yield "calls a function that is not meant for formulas"
    elif name in ("bs", "cr", "cs", "cc", "poly"):
        sizes = [*node.args[1:], *(part.value for part in node.keywords if part.arg in ("df", "degree"))]
        if any(isinstance(size, ast.Constant) and isinstance(size.value, (int, float)) and size.value > MOST_COLUMNS for size in sizes):
            yield f"asks for more than {MOST_COLUMNS:,} columns of one spline"


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and not isinstance(node.value, (int, float))


def called_in(tree: ast.AST) -> set[int]:
    """The names that are those of functions, by identity: ``log`` of ``log(x)``, ``np`` of ``np.log(x)``."""
    return {id(part) for node in ast.walk(tree) if isinstance(node, ast.Call) for part in ast.walk(node.func)}


def check_size(formula: str) -> None:
    """Raise `InputError` for a formula whose products nobody could wait for.

    Notes
    -----
    A product of k sums has at most as many terms as the product of their lengths; what stands within a call counts as one name.
    """
    if len(formula) > MOST_LETTERS:
        raise InputError(f"The formula has {len(formula):,} letters.", f"Write it in at most {MOST_LETTERS:,}.")
    outside = _without_calls(QUOTED.sub("q", formula))
    names = max(1, len(re.findall(r"\w+", outside)))
    most = max([names ** min(int(power[:6]), 1_000) for power in POWER.findall(outside)], default=1)
    for part in _summands(POWER.sub("", outside)):
        most = max(most, 2 ** len(re.findall(r"[*/]", part)))
    if most > MOST_TERMS:
        raise InputError(
            "The formula asks for more products of terms than a model can have.",
            f"Write the interactions that you want one by one: at most {MOST_TERMS:,} terms.",
        )


def _without_calls(text: str) -> str:
    """A formula without what stands in the brackets of its calls."""
    out: list[str] = []
    depth = 0
    for letter in text:
        if depth:
            depth += (letter == "(") - (letter == ")")
        elif letter == "(" and out and (out[-1].isalnum() or out[-1] in "_."):
            depth = 1
        else:
            out.append(letter)
    return "".join(out)


def _summands(text: str) -> Sequence[str]:
    """The parts of a formula that stand between + and - outside all brackets."""
    depth, out, start = 0, [], 0
    for i, letter in enumerate(text):
        depth += (letter in "([") - (letter in ")]")
        if depth == 0 and letter in "+-~":
            out.append(text[start:i])
            start = i + 1
    return [*out, text[start:]]
