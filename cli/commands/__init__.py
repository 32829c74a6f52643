"""The commands of im-access, one file for each, with helpers that only one command uses."""
