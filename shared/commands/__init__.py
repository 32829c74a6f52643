"""The commands: what is asked, and what comes of it; a file each, as a function loads its own alone."""
