"""The house limits: short files, short functions, few parameters, no import cycles, no network, nothing absolute.

Run by `python3 dev.py check` and by tests/test_structure.py.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LINES_OF_A_FILE, LINES_OF_A_FUNCTION, PARAMETERS = 400, 60, 8
PYTHON = ("src", "methods", "tests", "examples", "tools", "benchmarks")
TEXT = (*PYTHON, "docs", "constraints", ".ci")
SUFFIXES = {"", ".cff", ".cfg", ".csv", ".html", ".json", ".md", ".py", ".R", ".toml", ".txt", ".yml"}
NETWORK = {"aiohttp", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "socketserver", "ssl", "urllib", "urllib3", "webbrowser"}
ABSOLUTE = re.compile(r"(?<![\w.:/~-])/(?:home|root|tmp|usr|work|opt|var|mnt|Users)/\w|(?<!\w)[A-Z]:\\+(?:Users|Windows|Program)")

METHODS = "evidencekit.methods."
Function = ast.FunctionDef | ast.AsyncFunctionDef


def problems(root: Path = ROOT) -> list[str]:
    """Everything that breaks a limit, a line each."""
    found: list[str] = []
    for path in files(root, PYTHON, {".py"}):
        text, name = path.read_text(encoding="utf-8"), path.relative_to(root).as_posix()
        if (lines := text.count("\n")) > LINES_OF_A_FILE:
            found.append(f"{name}: {lines} lines, at most {LINES_OF_A_FILE}")
        tree, public = ast.parse(text), name.startswith(("src/", "methods/"))
        for node in ast.walk(tree):
            if isinstance(node, Function):
                found += [f"{name}:{node.lineno} {node.name}: {p}" for p in of_function(node, public)]
        if not public:
            continue
        named = sorted(imports(tree))
        if "/tests/" not in name:
            found += [f"{name}: imports {m}" for m in named if m.split(".")[0] in NETWORK]
        if name.startswith("src/"):
            found += [f"{name}: imports {m}; the core finds methods, it never names one" for m in named if m.startswith(METHODS)]
    for path in [*(p for p in root.iterdir() if p.is_file()), *files(root, TEXT, SUFFIXES)]:
        if path.suffix in SUFFIXES and ABSOLUTE.search(without_shebang(path.read_text(encoding="utf-8"))):
            found.append(f"{path.relative_to(root).as_posix()}: an absolute path")
    return found + [f"import cycle: {' -> '.join(c)}" for c in cycles(graph(root))]


def files(root: Path, folders: tuple[str, ...], suffixes: set[str]) -> list[Path]:
    """Every file of these kinds in these folders, caches left out."""
    every = (p for folder in folders for p in (root / folder).rglob("*"))
    return sorted(p for p in every if p.is_file() and p.suffix in suffixes and "__pycache__" not in p.parts)


def without_shebang(text: str) -> str:
    """A file's text without the line that names its interpreter."""
    return text.partition("\n")[2] if text.startswith("#!") else text


def of_function(node: Function, public: bool) -> list[str]:
    """What is wrong with a function's size and parameters."""
    first = node.body[0]
    docstring = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    size = (node.end_lineno or 0) - node.lineno + 1 - ((first.end_lineno or 0) - first.lineno + 1 if docstring else 0)
    out = [f"{size} lines without its docstring, at most {LINES_OF_A_FUNCTION}"] if size > LINES_OF_A_FUNCTION else []
    options = len([*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]) - 1
    out += [f"{options} parameters beside its object, at most {PARAMETERS}"] if options > PARAMETERS else []
    if public and node.args.kwarg:
        out.append("takes **kwargs")
    return out


def imports(tree: ast.AST, package: str = "", for_checkers: bool = False) -> set[str]:
    """What a file imports anywhere, inside functions too; what is only for type checkers when `for_checkers`.

    `from a import b` counts as `a.b`, which may be a module or a name in one. Relative imports start at `package`.
    """
    out: set[str] = set()
    for node in walk(tree, for_checkers):
        if isinstance(node, ast.Import):
            out |= {a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            start = ".".join([*above, *([node.module] if node.module else [])])
            out |= {f"{start}.{a.name}" for a in node.names}
        elif isinstance(node, ast.Call) and "import_module" in (getattr(node.func, "id", ""), getattr(node.func, "attr", "")):
            out |= {a.value for a in node.args[:1] if isinstance(a, ast.Constant) and isinstance(a.value, str)}
    return out


def walk(tree: ast.AST, for_checkers: bool) -> Iterator[ast.AST]:
    """Every node but, unless asked for, those under `if TYPE_CHECKING:`."""
    left = [tree]
    while left:
        node = left.pop()
        yield node
        for child in ast.iter_child_nodes(node):
            if for_checkers or not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test)):
                left.append(child)


def graph(root: Path) -> dict[str, set[str]]:
    """Which of our modules imports which, over src/ and methods/.

    The package's own `__init__` loads on demand what it shows to type checkers, so there those imports count.
    """
    paths: dict[str, Path] = {}
    for start, prefix in ((root / "src", ()), (root / "methods", ("evidencekit", "methods"))):
        for path in start.rglob("*.py"):
            parts = [*prefix, *path.relative_to(start).with_suffix("").parts]
            if "tests" not in parts:
                paths[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    made: dict[str, set[str]] = {}
    for name, path in paths.items():
        package = name if path.name == "__init__.py" else name.rpartition(".")[0]
        named = imports(ast.parse(path.read_text(encoding="utf-8")), package, for_checkers=name == "evidencekit")
        made[name] = {m for n in named if (m := n if n in paths else n.rpartition(".")[0]) in paths and m != name}
    return made


def cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    """The import cycles that a depth-first walk meets."""
    found: list[list[str]] = []
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> None:
        if node in path:
            found.append([*path[path.index(node) :], node])
        elif node not in done:
            for after in sorted(edges[node]):
                visit(after, [*path, node])
            done.add(node)

    for node in sorted(edges):
        visit(node, [])
    return found


if __name__ == "__main__":
    listed = problems()
    print("\n".join(listed) or "house limits: kept")
    sys.exit(bool(listed))
