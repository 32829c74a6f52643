"""Runs foreign clients against the local cloud: `make interop`."""
