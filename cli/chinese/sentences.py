"""Translates sentences that have values in them."""

from __future__ import annotations

import re
from collections.abc import Mapping


class Sentences:
    """A table of sentences: the English with `{}` for each value, and the Chinese with `{0}`, `{1}` and so on."""

    def __init__(self, table: Mapping[str, str]) -> None:
        # The pattern with the most fixed text is tried first.
        pairs = sorted(table.items(), key=lambda pair: -len(pair[0].replace("{}", "")))
        self._patterns = [
            (re.compile("(.+?)".join(map(re.escape, english.split("{}"))), re.DOTALL), chinese)
            for english, chinese in pairs
        ]

    def chinese(self, text: str) -> str | None:
        """The sentence in Chinese; None for one that is not in the table."""
        for pattern, chinese in self._patterns:
            match = pattern.fullmatch(text)
            if match is not None:
                return chinese.format(*match.groups())
        return None
