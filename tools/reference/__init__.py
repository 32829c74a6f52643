"""The tables of docs/reference.md, from the code."""
