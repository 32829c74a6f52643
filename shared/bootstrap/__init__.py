"""The composition root: what a function works with, put together for one invocation."""
