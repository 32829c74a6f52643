"""What builds, packages and checks the project; on the standard library alone."""
