"""The yardstick: the same work written the way the vendor's samples do it."""
