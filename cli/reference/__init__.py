"""The texts of docs/reference.md on codes, settings, fields and functions, in English and Chinese."""
