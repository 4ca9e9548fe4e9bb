"""Rows that may leave: how well someone could be found among them, and what is done about it."""
