"""Runs the parts that read foreign input with hundreds of thousands of hostile inputs: `make fuzz`."""
