"""im-access: the code that its functions share, in one folder for each concern."""
