"""The ledger: everything a project has released, so that a new release is audited against the old ones.

::

    table = published(estimate, universe="round 1", ...)   or PublishedTable(cells=[count(...), percent(...), hidden(...)])
    ledger = Ledger("ledger.json")
    audit(table, ledger)                                    LedgerAudit: status and reason per cell, remedy, certificate
    remedied(table, remedy)                                 the table after what the audit proposed
    ledger = ledger.with_(table)                            once it went out
    known(ledger, group, universe=)                         what a reader of everything can say of a group

Numbers: count, rounded, percent, hidden. Groups are mappings of variables to levels, a `Band` of numbers, or `AllBut` some levels.
"""

from evidencekit.disclosure.ledger.auditing import LedgerAudit, LedgerCertificate, audit
from evidencekit.disclosure.ledger.book import Ledger
from evidencekit.disclosure.ledger.estimates import published
from evidencekit.disclosure.ledger.examining import LedgerFinding
from evidencekit.disclosure.ledger.groups import AllBut, Band, Group
from evidencekit.disclosure.ledger.knowing import known
from evidencekit.disclosure.ledger.numbers import Number, count, hidden, percent, rounded
from evidencekit.disclosure.ledger.remedies import Remedy, remedied
from evidencekit.disclosure.ledger.tables import PublishedTable

__all__ = [
    "AllBut",
    "Band",
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
