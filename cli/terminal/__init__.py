"""What goes to a person or a program and comes from one: options, help, tables, pages, files, progress, errors."""
