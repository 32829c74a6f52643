"""The events of HR systems: one pure module for each system, which verifies, decrypts and reads its events."""
