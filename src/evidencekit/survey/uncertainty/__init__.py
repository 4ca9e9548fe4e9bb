"""From totals by sampling unit to variances, degrees of freedom, intervals and the Estimate."""
