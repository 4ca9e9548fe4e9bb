"""The templates of the findings room as a POT file, and the drafts of the languages brought up to date with it.

`python3 dev.py messages` writes `evidencekit.pot` and merges it into every PO file: what is translated stays, what has changed is marked
fuzzy, what is new is empty. `--check` writes nothing and says what is not up to date. Needs babel.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FINDINGS = ROOT / "src" / "evidencekit" / "findings"
FOLDER = FINDINGS / "languages" / "catalogues"
POT = "evidencekit.pot"
OURS = ("X-Translated-By", "X-Back-Translated-By", "X-Checked-On", "X-Digits", "X-Times")  # babel does not keep what it does not know
HEADER = "# Templates of evidencekit's findings; docs/translating.md tells what they are and how they are checked."


def extracted(root: Path = FINDINGS) -> Catalog:
    """Every template that stands in a call of `said` or `template`, with the files it stands in and the comments for translators."""
    made = Catalog(project="evidencekit", version="", charset="utf-8", header_comment=HEADER, creation_date=datetime.now(UTC))
    found = extract_from_dir(root, keywords={"said": None, "template": None}, comment_tags=("Translators:",), strip_comment_tags=True)
    for name, _, message, comments, _ in found:
        if isinstance(message, str) and "languages/" not in name.replace("\\", "/"):
            made.add(message, locations=[(f"findings/{Path(name).as_posix()}", 0)], auto_comments=comments)
    return made


def texts(catalog: Catalog) -> set[str]:
    """The templates of a catalogue."""
    return {message.id for message in catalog if isinstance(message.id, str) and message.id}


def places(catalog: Catalog) -> dict[str, set[str]]:
    """The templates with the files they stand in, each once: a file is written once for a template, however often it has it."""
    return {message.id: {name for name, _ in message.locations} for message in catalog if isinstance(message.id, str) and message.id}


def header_of(text: str) -> dict[str, str]:
    """Our own fields in the header of a PO file."""
    lines = [line.strip().strip('"').removesuffix("\\n") for line in text.partition("\n\n")[0].splitlines()]
    pairs = (line.partition(":") for line in lines)
    return {name: value.strip() for name, _, value in pairs if name in OURS}


def written(catalog: Catalog, ours: dict[str, str]) -> str:
    """A catalogue as a file, with our fields in its header."""
    out = io.BytesIO()
    write_po(out, catalog, width=120, include_lineno=False, include_previous=True, ignore_obsolete=True)
    head, gap, rest = out.getvalue().decode("utf-8").partition("\n\n")
    fields = [f'"{name}: {ours.get(name, "")}\\n"' for name in OURS if name in OURS[:3] or ours.get(name)]
    return "\n".join([head, *fields]) + gap + rest


def read(path: Path) -> Catalog:
    """A catalogue from a file."""
    return read_po(io.StringIO(path.read_text(encoding="utf-8")), abort_invalid=True)


def merge(folder: Path = FOLDER) -> list[str]:
    """Write the template file and bring every language up to date; the names of the files that changed."""
    fresh, changed = extracted(), list[str]()
    if not (folder / POT).is_file() or places(read(folder / POT)) != places(fresh):
        (folder / POT).write_text(written(fresh, {}), encoding="utf-8")
        changed.append(POT)
    for path in sorted(folder.glob("*.po")):
        held, text = read(path), path.read_text(encoding="utf-8")
        if places(held) != places(fresh):
            held.update(fresh, no_fuzzy_matching=False, keep_user_comments=True)
            path.write_text(written(held, header_of(text)), encoding="utf-8")
            changed.append(path.name)
    return changed


def problems(folder: Path = FOLDER) -> Iterator[str]:
    """What is not up to date, or wrong in a draft, a line each."""
    sys.path.insert(0, str(ROOT / "src"))
    from evidencekit.errors import EvidencekitError
    from evidencekit.findings.languages import Catalogue

    fresh = texts(extracted())
    for path in [folder / POT, *sorted(folder.glob("*.po"))]:
        held = texts(read(path))
        if held != fresh:
            yield f"{path.name}: {len(fresh - held)} templates are missing and {len(held - fresh)} are of no code; run dev.py messages"
        if path.suffix == ".po":
            try:
                Catalogue.read(path)
            except EvidencekitError as wrong:
                yield str(wrong)


def main() -> int:
    """Check, or merge."""
    if sys.argv[1:] == ["--check"]:
        found = list(problems())
        print("\n".join(found) or "catalogues: up to date")
        return bool(found)
    print("\n".join(merge()) or "catalogues: up to date")
    return 0


if __name__ == "__main__":
    sys.exit(main())
