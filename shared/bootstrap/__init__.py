"""The composition root: constructs everything that a function needs, for one invocation."""
