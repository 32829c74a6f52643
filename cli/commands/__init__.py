"""The commands of im-access, a file each, with what only they need."""
