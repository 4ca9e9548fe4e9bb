"""Claims about released numbers: differences, ranks, changes, trends, numbers of people, said only as far as they are supported."""

from evidencekit.findings.claims.claim import Claim
from evidencekit.findings.claims.comparing import compare
from evidencekit.findings.claims.headcounts import headcount
from evidencekit.findings.claims.ranks import ranked
from evidencekit.findings.claims.rounds import changed, trending

__all__ = ["Claim", "changed", "compare", "headcount", "ranked", "trending"]
