"""The checks of `im-access doctor`: whether an account is ready for im-access."""
