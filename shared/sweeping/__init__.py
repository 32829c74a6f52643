"""The duties of the sweep, put together for one run."""
