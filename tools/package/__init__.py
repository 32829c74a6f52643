"""`make package`: the deployable zip, the same bytes from the same commit, on the standard library and pip alone."""
