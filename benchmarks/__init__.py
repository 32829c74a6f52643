"""Benchmarks that anyone can run with `make bench`: ratios in one run, medians of many."""
