"""Programs that open documents: a browser, LibreOffice, and axe-core in the browser; a test without its program is skipped, saying so."""

from __future__ import annotations

import html
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
AXE = Path(os.environ.get("EVIDENCEKIT_AXE", ROOT / "out" / "node" / "node_modules" / "axe-core" / "axe.min.js"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SOFFICE = shutil.which("soffice")
POPPLER = shutil.which("pdftoppm") and shutil.which("pdfinfo")

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium; .ci/run installs it")
needs_office = pytest.mark.skipif(SOFFICE is None, reason="there is no LibreOffice; .ci/run installs it")
needs_poppler = pytest.mark.skipif(not POPPLER, reason="there are no pdfinfo and pdftoppm; .ci/run installs poppler-utils")
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="there is no axe-core; .ci/run installs it, EVIDENCEKIT_AXE can name it")

_QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars", "--no-pdf-header-footer"),
)
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
_RUN = """<script>addEventListener("load", () => axe.run(document, {resultTypes: ["violations", "incomplete"]}).then(found => {
  const all = document.createElement("pre"); all.id = "axe-found"; all.textContent = JSON.stringify(found); document.body.append(all);
}));</script>"""


def _call(*command: object, timeout: int = 180) -> str:
    made = subprocess.run([str(c) for c in command], capture_output=True, text=True, encoding="utf-8", check=False, timeout=timeout)
    assert made.returncode == 0, made.stdout[-2000:] + made.stderr[-2000:]
    return made.stdout


def browse(page: Path, *wanted: str) -> str:
    """Open a page in a browser that knows nothing yet; what it prints."""
    profile = page.with_suffix(".profile")
    shutil.rmtree(profile, ignore_errors=True)
    assert CHROMIUM
    return _call(CHROMIUM, *_QUIET, f"--user-data-dir={profile}", *wanted, page.as_uri())


def screenshot(page: Path, width: int, height: int) -> Path:
    """A picture of a page in a window of this size."""
    target = page.with_suffix(f".{width}.png")
    browse(page, f"--window-size={width},{height}", f"--screenshot={target}")
    return target


def printed(page: Path) -> Path:
    """A page printed to PDF."""
    target = page.with_suffix(".printed.pdf")
    browse(page, f"--print-to-pdf={target}")
    return target


def accessibility(page: Path) -> dict[str, Any]:
    """What axe-core finds in a copy of the page, whose policy lets no script run and is taken out."""
    text = _POLICY.sub("", page.read_text(encoding="utf-8"))
    copy = page.with_name(f"axe-{page.name}")
    copy.write_text(text.replace("</head>", f"<script>{AXE.read_text(encoding='utf-8')}</script>{_RUN}</head>"), encoding="utf-8")
    found = re.search(r'<pre id="axe-found">(.*?)</pre>', browse(copy, "--virtual-time-budget=20000", "--dump-dom"), re.DOTALL)
    assert found, "axe-core did not finish"
    return json.loads(html.unescape(found[1]))


def converted(document: Path) -> Path:
    """A document as LibreOffice prints it to PDF."""
    home = document.parent / "office"
    _call(
        SOFFICE,
        f"-env:UserInstallation={home.as_uri()}",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        document.parent / "pdf",
        document,
    )
    return document.parent / "pdf" / f"{document.stem}.pdf"


def pages(pdf: Path) -> int:
    """How many pages a PDF has."""
    return int(re.search(r"Pages:\s+(\d+)", _call("pdfinfo", pdf))[1])


def seen(pdf: Path) -> Path:
    """The first page of a PDF as a picture."""
    target = pdf.with_suffix("")
    _call("pdftoppm", "-r", "60", "-png", "-singlefile", pdf, target)
    return target.with_suffix(".png")
