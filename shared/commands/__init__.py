"""The commands and their results, each in its own file, because a function loads only its own."""
