"""What may be shown: an Estimate goes in, a Released comes out, and each cell says why."""

from evidencekit.disclosure.releasing import Released, release

__all__ = ["Released", "release"]
