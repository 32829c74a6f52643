"""The function that the benchmarks compare with: the same work, written as the vendor's samples do it."""
