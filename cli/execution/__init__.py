"""Executes a command as a request over HTTP would be, or rehearses it without changing anything."""
