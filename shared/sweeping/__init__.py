"""Composes the duties of the sweep for one run."""
