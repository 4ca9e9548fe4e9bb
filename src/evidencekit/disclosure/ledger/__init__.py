"""The ledger: everything a project has released, so that a new release is audited against the old ones.

::

    table = published(estimate, universe="round 1", ...)   or PublishedTable(cells=[count(...), percent(...), hidden(...)])
    ledger = Ledger("ledger.json")
    audit(table, ledger)                                    LedgerAudit: status and reason per cell, remedy, certificate
    ledger = ledger.with_(table)                            once it went out
"""

from evidencekit.disclosure.ledger.auditing import LedgerAudit, LedgerCertificate, audit
from evidencekit.disclosure.ledger.book import Ledger
from evidencekit.disclosure.ledger.estimates import published
from evidencekit.disclosure.ledger.examining import LedgerFinding
from evidencekit.disclosure.ledger.groups import Band, But, Group
from evidencekit.disclosure.ledger.knowing import known
from evidencekit.disclosure.ledger.numbers import Number, count, hidden, percent, rounded
from evidencekit.disclosure.ledger.remedies import Remedy, remedied
from evidencekit.disclosure.ledger.tables import PublishedTable

__all__ = [
    "Band",
    "But",
    "Group",
    "Ledger",
    "LedgerAudit",
    "LedgerCertificate",
    "LedgerFinding",
    "Number",
    "PublishedTable",
    "Remedy",
    "audit",
    "count",
    "hidden",
    "known",
    "percent",
    "published",
    "remedied",
    "rounded",
]
