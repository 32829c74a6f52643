"""The version of the project: every other place that shows one reads it here."""

__version__ = "0.1.0"
