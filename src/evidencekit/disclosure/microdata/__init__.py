"""Microdata: how far records can be told apart, and what is done so that they cannot."""
