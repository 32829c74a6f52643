"""What people are told of codes, settings, fields and functions: the tables of docs/reference.md in two languages."""
