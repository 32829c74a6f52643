"""Small pretended HR systems: what they send, signed, encrypted and repeated as they do, and what they answer."""
