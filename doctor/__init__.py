"""The checks of `im-access doctor`: whether an account is fit for im-access."""
