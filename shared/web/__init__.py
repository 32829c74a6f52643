"""Pages for people: small, in Chinese and English, without scripts and without anything from elsewhere."""
