"""Reads the events of each event source. Each has its own module, which is imported only for its events."""
