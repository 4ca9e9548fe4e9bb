"""Time to an event: age at a first experience, with those to whom it may still happen."""
