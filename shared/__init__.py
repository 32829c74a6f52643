"""im-access: what its functions share, a room for each concern."""
