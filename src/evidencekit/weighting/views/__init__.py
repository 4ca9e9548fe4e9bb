"""What weighting did, in tables and pictures."""
