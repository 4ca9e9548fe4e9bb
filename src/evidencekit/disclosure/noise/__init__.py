"""Noise with known chances: differential privacy for counts, and perturbation by cell keys.

::

    differential privacy    noisy_counts(counts, epsilon=, cells_per_person=) -> NoisyCounts; total_epsilon([...])
                            cells_per_person(system), laplace_accuracy(scale) -> Accuracy
    cell keys               record_keys(ids, secret=), cell_keys(keys, cells=, shape=), margin_keys(inner)
                            perturbation_table() -> PerturbationTable; perturb(counts, keys=, table=) -> Perturbed
"""

from evidencekit.disclosure.noise.accuracy import Accuracy, laplace_accuracy
from evidencekit.disclosure.noise.cellkeys import cell_keys, margin_keys, record_keys
from evidencekit.disclosure.noise.counts import NoisyCounts, cells_per_person, noisy_counts, total_epsilon
from evidencekit.disclosure.noise.perturbing import Perturbed, perturb
from evidencekit.disclosure.noise.ptables import PerturbationTable, perturbation_table

__all__ = [
    "Accuracy",
    "NoisyCounts",
    "PerturbationTable",
    "Perturbed",
    "cell_keys",
    "cells_per_person",
    "laplace_accuracy",
    "margin_keys",
    "noisy_counts",
    "perturb",
    "perturbation_table",
    "record_keys",
    "total_epsilon",
]
