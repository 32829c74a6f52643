"""Programs that set up, build, package and check the project."""
