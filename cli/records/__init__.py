"""Reads what the bucket and CAM hold, as rows that commands show."""
