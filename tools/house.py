"""The house limits: short files, short functions, few parameters, no import cycles, no network, nothing absolute."""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FILE, FUNCTION, PARAMETERS, NAMES = 400, 60, 8, 50
NETWORK = {"urllib", "http", "socket", "requests", "httpx", "ftplib", "aiohttp"}
ABSOLUTE = re.compile(r"(?<![\w.])/(?:home|root|tmp|usr|work|opt|var)/\w")


def sources() -> list[Path]:
    """Every Python file of the house."""
    folders = ("src", "methods", "tests", "examples", "tools", "benchmarks")
    return sorted(p for folder in folders for p in (ROOT / folder).rglob("*.py"))


def problems() -> list[str]:
    """Everything that breaks a limit, a line each."""
    found: list[str] = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        name = str(path.relative_to(ROOT))
        if (lines := text.count("\n")) > FILE:
            found.append(f"{name}: {lines} lines, at most {FILE}")
        if ABSOLUTE.search(text) and path.name != "house.py":
            found.append(f"{name}: an absolute path")
        tree = ast.parse(text)
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                found += [f"{name}:{node.lineno} {node.name}: {p}" for p in _function(node)]
                if node.args.kwarg and name.startswith(("src", "methods")):
                    found.append(f"{name}:{node.lineno} {node.name}: takes **{node.args.kwarg.arg}")
        if name.startswith("src"):
            found += [f"{name}: imports {m}" for m in _imports(tree) if m.split(".")[0] in NETWORK]
    return found + [f"import cycle: {' -> '.join(c)}" for c in cycles()]


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    first = node.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    size = (node.end_lineno or 0) - node.lineno + 1 - ((first.end_lineno or 0) - first.lineno + 1 if docstring else 0)
    out = [f"{size} lines without its docstring, at most {FUNCTION}"] if size > FUNCTION else []
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    options = len(arguments) - 1
    out += [f"{options} parameters beside its object, at most {PARAMETERS}"] if options > PARAMETERS else []
    return out


def _imports(tree: ast.AST) -> set[str]:
    """Modules imported anywhere in a file, hidden in functions too, but not for type checkers only."""
    skip = {id(n) for t in ast.walk(tree) if isinstance(t, ast.If) and "TYPE_CHECKING" in ast.dump(t.test) for n in ast.walk(t)}
    out: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in skip:
            continue
        if isinstance(node, ast.Import):
            out |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            out |= {node.module, *(f"{node.module}.{a.name}" for a in node.names)}
    return out


def cycles() -> list[list[str]]:
    """Import cycles among our modules, hidden imports included."""
    src = ROOT / "src"
    names = {}
    for path in src.rglob("*.py"):
        parts = list(path.relative_to(src).with_suffix("").parts)
        names[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    graph = {n: {m for m in _imports(ast.parse(p.read_text(encoding="utf-8"))) if m in names and m != n} for n, p in names.items()}
    graph = {n: {m for m in to if not n.startswith(m + ".") and m != "evidencekit"} for n, to in graph.items()}
    found: list[list[str]] = []
    state: dict[str, int] = {}

    def visit(node: str, path: list[str]) -> None:
        state[node] = 1
        for after in sorted(graph[node]):
            if state.get(after) == 1:
                found.append([*path[path.index(after) :], after])
            elif after not in state:
                visit(after, [*path, after])
        state[node] = 2

    for node in sorted(graph):
        if node not in state:
            visit(node, [node])
    return found


if __name__ == "__main__":
    listed = problems()
    print("\n".join(listed) or "house limits: kept")
    sys.exit(bool(listed))
