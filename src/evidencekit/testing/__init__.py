"""Testing: what every method passes, the built-in ones and those of other packages.

::

    check_method(method) -> Conformance      AssertionError with every failure, a line each
"""

from evidencekit.testing.checking import check_method
from evidencekit.testing.conformance import Conformance

__all__ = ["Conformance", "check_method"]
