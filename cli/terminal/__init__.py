"""Input from and output to people and programs: options, help, tables, pages, files, progress, errors."""
