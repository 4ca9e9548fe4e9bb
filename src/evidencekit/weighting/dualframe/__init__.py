"""Two samples from overlapping frames as one survey."""
