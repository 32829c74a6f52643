"""The version of the project. Every other place that shows it reads it here."""

__version__ = "0.1.0"
