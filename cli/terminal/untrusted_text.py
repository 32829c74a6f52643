"""Texts from outside, on a terminal."""

from __future__ import annotations

_IDEOGRAPHIC_SPACE = "\u3000"


def inert(text: str) -> str:
    """The text with every character that moves the cursor, or turns what follows around, shown escaped; no other."""
    return "".join(char if char.isprintable() or char == _IDEOGRAPHIC_SPACE else ascii(char)[1:-1] for char in text)
