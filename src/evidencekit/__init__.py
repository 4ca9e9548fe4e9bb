"""evidencekit: from a survey about harm to children to a sentence that can be stood behind.

::

    read a file             read(path) -> Dataset; Dataset, Missing (why an answer is not there)
    write the questions     Instrument: Item, Choices; validate the answers; help(ek.instrument)
    say what is counted     Indicator, indicator -> prevalence, compare_definitions; help(ek.instrument)
    choose a method, try it recommend(Context), diagnose(plan); Recommendation, Method, method_names, method_named; help(ek.planning)
    draw a sample           Frame; sampling: from a list of areas to a draw that can be repeated; help(ek.sampling)
    describe its design     Survey, Stages, Replicates, TwoPhase, NoDesign; check_survey
    estimate                proportion, mean, total, count, ratio, quantile, variance, cdf -> Estimate
    compare, test, multiply difference, ratio_of, contrast, headcount; tables.association -> Test; help(ek.tables), ek.models, ek.combining
    make the weights        weighting: from chances of selection to raking and replicates; help(ek.weighting) lists the steps
    protect a table         release -> Released; Ledger: what went out before; help(ek.disclosure), which protects rows too
    say it                  finding -> Finding: .headline(), .picture(), .check(), .save(); Action; brief: one page (.docx, .html, .pptx)
    hold a draft to it      check_text: every number of a Word, Markdown, HTML or text file against findings.Register
    try it without data     fictional.national_survey().data, fictional.area_list()
    catch what goes wrong   EvidencekitError, and the tree under it in evidencekit.errors

``help(ek.proportion)`` has parameters and an example that runs. Names load on first use: importing costs little more than numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from evidencekit._version import __version__

if TYPE_CHECKING:
    from evidencekit import combining as combining
    from evidencekit import disclosure as disclosure
    from evidencekit import errors as errors
    from evidencekit import estimate as estimate
    from evidencekit import fictional as fictional
    from evidencekit import findings as findings
    from evidencekit import frames as frames
    from evidencekit import instrument as instrument
    from evidencekit import missingness as missingness
    from evidencekit import models as models
    from evidencekit import planning as planning
    from evidencekit import reading as reading
    from evidencekit import rendering as rendering
    from evidencekit import sampling as sampling
    from evidencekit import significance as significance
    from evidencekit import survey as survey
    from evidencekit import tables as tables
    from evidencekit import testing as testing
    from evidencekit import weighting as weighting
    from evidencekit.combining import contrast, difference, headcount, ratio_of
    from evidencekit.disclosure import Ledger, Released, release
    from evidencekit.errors import EvidencekitError
    from evidencekit.estimate import Estimate
    from evidencekit.findings import Action, Finding, brief, check_text, finding
    from evidencekit.frames import Dataset
    from evidencekit.instrument import Choices, Indicator, Instrument, Item, compare_definitions, indicator, prevalence, validate
    from evidencekit.missingness import Missing
    from evidencekit.planning import Context, Method, Recommendation, diagnose, method_named, method_names, recommend
    from evidencekit.reading import read
    from evidencekit.sampling import Frame
    from evidencekit.significance import Test
    from evidencekit.survey import (
        NoDesign,
        Replicates,
        Stages,
        Survey,
        TwoPhase,
        cdf,
        check_survey,
        count,
        mean,
        proportion,
        quantile,
        ratio,
        total,
        variance,
    )

_ROOMS: dict[str, str] = {
    "Action": "findings",
    "Choices": "instrument",
    "Context": "planning",
    "Dataset": "frames",
    "Estimate": "estimate",
    "EvidencekitError": "errors",
    "Finding": "findings",
    "Frame": "sampling",
    "Indicator": "instrument",
    "Instrument": "instrument",
    "Item": "instrument",
    "Ledger": "disclosure",
    "Method": "planning",
    "Missing": "missingness",
    "NoDesign": "survey",
    "Recommendation": "planning",
    "Released": "disclosure",
    "Replicates": "survey",
    "Stages": "survey",
    "Survey": "survey",
    "Test": "significance",
    "TwoPhase": "survey",
    "brief": "findings",
    "cdf": "survey",
    "check_survey": "survey",
    "check_text": "findings",
    "compare_definitions": "instrument",
    "contrast": "combining",
    "count": "survey",
    "diagnose": "planning",
    "difference": "combining",
    "finding": "findings",
    "headcount": "combining",
    "indicator": "instrument",
    "mean": "survey",
    "method_named": "planning",
    "method_names": "planning",
    "prevalence": "instrument",
    "proportion": "survey",
    "quantile": "survey",
    "ratio": "survey",
    "ratio_of": "combining",
    "read": "reading",
    "recommend": "planning",
    "release": "disclosure",
    "total": "survey",
    "validate": "instrument",
    "variance": "survey",
}
_MODULES: tuple[str, ...] = (
    "combining",
    "disclosure",
    "errors",
    "estimate",
    "fictional",
    "findings",
    "frames",
    "instrument",
    "missingness",
    "models",
    "planning",
    "reading",
    "rendering",
    "sampling",
    "significance",
    "survey",
    "tables",
    "testing",
    "weighting",
)

__all__ = [
    "Action",
    "Choices",
    "Context",
    "Dataset",
    "Estimate",
    "EvidencekitError",
    "Finding",
    "Frame",
    "Indicator",
    "Instrument",
    "Item",
    "Ledger",
    "Method",
    "Missing",
    "NoDesign",
    "Recommendation",
    "Released",
    "Replicates",
    "Stages",
    "Survey",
    "Test",
    "TwoPhase",
    "__version__",
    "brief",
    "cdf",
    "check_survey",
    "check_text",
    "compare_definitions",
    "contrast",
    "count",
    "diagnose",
    "difference",
    "finding",
    "headcount",
    "indicator",
    "mean",
    "method_named",
    "method_names",
    "prevalence",
    "proportion",
    "quantile",
    "ratio",
    "ratio_of",
    "read",
    "recommend",
    "release",
    "total",
    "validate",
    "variance",
]

if not TYPE_CHECKING:  # so that a type checker sees the names above and no others

    def __getattr__(name: str) -> Any:
        if name in _ROOMS:
            made = getattr(import_module(f"evidencekit.{_ROOMS[name]}"), name)
        elif name in _MODULES:
            made = import_module(f"evidencekit.{name}")
        else:
            raise AttributeError(f"module 'evidencekit' has no attribute {name!r}")
        globals()[name] = made
        return made


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES])
