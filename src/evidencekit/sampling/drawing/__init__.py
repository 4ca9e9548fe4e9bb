"""Frames, draws, their records, and what goes to the field."""
