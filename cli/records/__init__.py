"""Reads the bucket and CAM, and returns rows that commands show."""
