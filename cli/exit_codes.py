"""What the command's exit code says, to scripts."""

OK = 0
FAILED = 1
"""It failed, or the thing does not exist."""
USAGE = 2
"""The command line or a setting is wrong."""
DIFFERENT = 3
"""There are differences between what should be and what is."""
INTERRUPTED = 130
"""By Ctrl-C."""
