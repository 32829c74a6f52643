"""Reads an HR system's event as a person's event, with look-ups in that system where the event holds an id alone."""
