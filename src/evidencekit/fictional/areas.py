"""The list of enumeration areas of the invented country, as an old census would have left it: a frame to draw from.

The areas are those of `national_population` with the same seed. The count of households is outdated: the true count times a lognormal
error (sigma 0.15), rounded and kept between 15 and 150. Households are those with at least one eligible child, as everywhere in Lumora.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from evidencekit.fictional.national import national_population

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["area_list"]


def area_list(*, seed: int = 2026) -> pd.DataFrame:
    """List the enumeration areas of the invented country.

    Parameters
    ----------
    seed : int, default 2026
        The country's seed, as for `national_population`.

    Returns
    -------
    pandas.DataFrame
        One row an area: ``area_number`` (unique in the country, the same as in `national_population`), ``province``, ``area`` (urban or
        rural), ``stratum`` (1 to 12) and ``households``, an outdated count to draw in proportion to.

    Raises
    ------
    InputError
        If `seed` is negative.

    Examples
    --------
    >>> from evidencekit.fictional import area_list
    >>> areas = area_list()
    >>> len(areas), areas["stratum"].nunique(), list(areas.columns)
    (2400, 12, ['area_number', 'province', 'area', 'stratum', 'households'])
    """
    children = national_population(seed=seed)
    by_area = children.groupby("area_number", sort=True)
    areas = by_area[["province", "area", "stratum"]].first()
    error = np.random.default_rng([seed, 2]).lognormal(0.0, 0.15, len(areas))
    counted = np.clip(np.rint(by_area["household"].nunique().to_numpy() * error), 15, 150)
    return areas.assign(households=counted.astype(np.int64)).reset_index()
