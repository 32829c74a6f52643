"""The credentials page and its mail, in Chinese and English, without scripts and without external resources."""
