"""`make package`: the deployable zip, the same bytes from the same commit, with pip and packaging alone."""
