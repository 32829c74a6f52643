"""Benchmarks, which `make bench` runs: medians of many runs, and ratios between runs made one after the other."""
