"""The function that the benchmarks compare with: the same work, written like the vendor's samples."""
