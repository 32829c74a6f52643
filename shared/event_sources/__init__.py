"""Transport in, transport out: one module per event source, imported only when its events come."""
