"""The exit codes of the command, for scripts."""

OK = 0
FAILED = 1
"""The command failed, or what it is about does not exist."""
USAGE = 2
"""The command line or a setting is wrong."""
DIFFERENT = 3
"""There are differences between what should be and what is."""
INTERRUPTED = 130
"""Interrupted by Ctrl-C."""
