"""Writes the tables of docs/reference.md and other pages from the code."""
