"""Makes texts from outside harmless on a terminal."""

from __future__ import annotations

_IDEOGRAPHIC_SPACE = "\u3000"


def inert(text: str) -> str:
    """Escape the characters that move the cursor or reverse the direction of text, and no others."""
    return "".join(char if char.isprintable() or char == _IDEOGRAPHIC_SPACE else ascii(char)[1:-1] for char in text)
