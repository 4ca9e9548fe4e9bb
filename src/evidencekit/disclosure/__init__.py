"""What may be shown: an Estimate goes in, a Released comes out, and each cell says why."""

from evidencekit.disclosure.noise import (
    NoisyCounts,
    PerturbationTable,
    Perturbed,
    cell_keys,
    margin_keys,
    noisy_counts,
    perturb,
    perturbation_table,
    record_keys,
    total_epsilon,
)
from evidencekit.disclosure.releasing import Released, release
from evidencekit.disclosure.tables import Rounded, RoundingAudit, audit_rounding, controlled_rounding, round_counts

__all__ = [
    "NoisyCounts",
    "PerturbationTable",
    "Perturbed",
    "Released",
    "Rounded",
    "RoundingAudit",
    "audit_rounding",
    "cell_keys",
    "controlled_rounding",
    "margin_keys",
    "noisy_counts",
    "perturb",
    "perturbation_table",
    "record_keys",
    "release",
    "round_counts",
    "total_epsilon",
]
