"""Words and pictures that follow intervals: a released number becomes a Finding; a draft is held to the register of claims; a page is made.

``finding(released, words=, basis=, action=)`` makes one, ``find.check()`` says what keeps it from being remembered and acted on, ``brief``
writes a page. ``Register([find.entry()])`` is what `check_text` holds drafts to; `breaks` and `reconcile` say why two numbers differ.
``language="vi"`` says headlines, claims, pictures and pages in another language, where people checked its templates (`languages`).
`recall` tests whether people remember a finding: ``recall.plan``, ``assign``, ``forms``, ``code``, ``analyse``.
"""

from evidencekit.findings import languages, recall
from evidencekit.findings.acting import Action
from evidencekit.findings.basis import Basis, breaks
from evidencekit.findings.briefs import Brief, brief
from evidencekit.findings.checking import Checklist
from evidencekit.findings.claims import Claim, changed, compare, headcount, ranked, trending
from evidencekit.findings.languages import Catalogue
from evidencekit.findings.picturing import cascade, overlap
from evidencekit.findings.reconciling import Reconciliation, reconcile
from evidencekit.findings.register import Entry, Quantity, Register, TextReport, check_text
from evidencekit.findings.stating import Finding, finding
from evidencekit.findings.wording import Words

__all__ = [
    "Action",
    "Basis",
    "Brief",
    "Catalogue",
    "Checklist",
    "Claim",
    "Entry",
    "Finding",
    "Quantity",
    "Reconciliation",
    "Register",
    "TextReport",
    "Words",
    "breaks",
    "brief",
    "cascade",
    "changed",
    "check_text",
    "compare",
    "finding",
    "headcount",
    "languages",
    "overlap",
    "ranked",
    "recall",
    "reconcile",
    "trending",
]
