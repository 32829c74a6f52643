"""Whether an account is fit for im-access: what `im-access doctor` looks at."""
