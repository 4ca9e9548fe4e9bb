"""Missing answers filled in several times, and the estimates of all fillings combined."""
