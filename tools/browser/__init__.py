"""Checks the credentials page in a real browser: `make browser`."""
