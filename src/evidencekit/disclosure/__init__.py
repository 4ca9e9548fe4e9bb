"""What may be shown: an Estimate goes in, a Released comes out, and each cell says why.

`evidencekit.disclosure.ledger` holds what was released, and audits a new table against it.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from evidencekit.disclosure.releasing import Released, release

if TYPE_CHECKING:
    from evidencekit.disclosure import ledger as ledger

__all__ = ["Released", "ledger", "release"]

if not TYPE_CHECKING:  # the ledger needs a solver, which loads on first use

    def __getattr__(name: str) -> Any:
        if name != "ledger":
            raise AttributeError(f"module 'evidencekit.disclosure' has no attribute {name!r}")
        return import_module("evidencekit.disclosure.ledger")
