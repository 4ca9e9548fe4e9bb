"""What was done to the weights, and the variance that is left after it."""
