"""Who answered, and weights for those who did not."""
