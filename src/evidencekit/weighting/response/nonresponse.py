"""Non-response in weighting classes: those who answered stand for those of their class who did not."""

from __future__ import annotations

from collections.abc import Sequence

from evidencekit.survey.survey import Survey
from evidencekit.weighting.base import weights_for
from evidencekit.weighting.response.dispositions import Dispositions
from evidencekit.weighting.response.sharing import classes_of, kinds_for, roles_of, share_out, share_unknown

__all__ = ["adjust_nonresponse"]


def adjust_nonresponse(survey: Survey, dispositions: Dispositions, *, by: str | Sequence[str] | None = None) -> Survey:
    """Adjust for non-response in weighting classes.

    First the weight of those whose eligibility is unknown is shared out among all others of their class, ineligible ones too; then the
    weight of eligible non-respondents, interrupted interviews among them, among the respondents of their class. Both in proportion to
    the weights.

    Parameters
    ----------
    survey : Survey
        Data in memory with a row for everyone who was selected. Rows that already have no weight (of households that did not take part,
        say) stay as they are, and need no disposition and no class.
    dispositions : Dispositions
        What became of everyone.
    by : str or sequence of str, optional
        The columns whose combinations are the classes; they are known for respondents and non-respondents alike, and related both to
        responding and to what was asked. Default: one class.

    Returns
    -------
    Survey
        Respondents with their new weights; all others stay in the data with weight 0, so that the design stays whole. The ineligible are
        not part of the population and their weight goes to nobody. Variances include that of the adjustment: linearised for classes
        whose sizes are estimated, and done again on every replicate.

    Raises
    ------
    InputError
        A row without a disposition, a label without a kind, a row without a class.
    WeightingError
        A class in which nobody can take up the weight.

    Notes
    -----
    With d the weights, the factor of a class is ``sum(d, known and unknown) / sum(d, known)``, then ``sum(d, eligible) / sum(d,
    respondents)``. The estimator of a total varies as the total of ``d (m + r g (y - m))`` does over all who were selected, with m the
    respondents' weighted class mean, g the factor and r 1 for respondents. A finite population correction is applied to all of it,
    which understates what non-response adds when much of the population was selected.

    References
    ----------
    Little (1986), Int. Statist. Rev. 54, 139-157. Valliant, Dever and Kreuter (2018), Practical Tools for Designing and Weighting Survey
    Samples, chapter 13. American Association for Public Opinion Research (2023), Standard Definitions. Kim and Kim
    (2007), Canad. J. Statist. 35, 501-514, for the variance.

    Examples
    --------
    A fictional sample: in towns one of three answered, elsewhere two of three.

    >>> import pandas as pd, evidencekit as ek
    >>> drawn = pd.DataFrame({"w": 10.0, "area": ["town"] * 3 + ["village"] * 3, "result": ["done", "out", "out", "done", "done", "out"]})
    >>> survey = ek.Survey(drawn, weights="w")
    >>> kinds = ek.weighting.Dispositions("result", respondent="done", not_contacted="out")
    >>> ek.weighting.adjust_nonresponse(survey, kinds, by="area").w.tolist()
    [30.0, 0.0, 0.0, 15.0, 15.0, 0.0]
    """
    weights_for(survey, "adjust_nonresponse()")
    kind = kinds_for(survey, dispositions)
    classes, within = classes_of(survey, by, "by=", kind)
    known = share_unknown(survey, kind, classes, within)
    return share_out(known, roles_of(kind), classes, f"non-response adjusted{within}", "one respondent")
