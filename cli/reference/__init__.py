"""The texts of docs/reference.md about codes, settings, fields and functions, in English and Chinese."""
