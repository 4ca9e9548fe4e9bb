"""Comparing groups: tables and their tests."""
