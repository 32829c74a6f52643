"""The operator's command `im-access`; it uses the same packages as the functions."""
