"""Wraps help to the terminal's width. A Chinese character takes two columns, and a line may break after any of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import click
from rich.cells import cell_len

_PIECES = re.compile(r"[^\u2e80-\uffff\s]+|\s+|[\u2e80-\uffff]")
_NEVER_FIRST = "，。；：、！？）」』》”…"
"""Characters that may not begin a line."""


class Formatter(click.HelpFormatter):
    """click's formatter, with widths counted in columns instead of characters."""

    def write_text(self, text: str) -> None:
        """Write a paragraph."""
        for line in wrapped(text, self.width - self.current_indent):
            self.write(f"{'':{self.current_indent}}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2) -> None:
        """Write names and their meanings in two columns; a long name gets a line of its own."""
        rows = list(rows)
        first = min(max((cell_len(name) for name, _ in rows), default=0), col_max) + col_spacing
        for name, text in rows:
            lines = list(wrapped(text, max(20, self.width - self.current_indent - first))) or [""]
            begins = f"{'':{self.current_indent}}{name}"
            if cell_len(name) > first - col_spacing:
                self.write(begins + "\n")
                begins = " " * self.current_indent
            room = " " * (self.current_indent + first - cell_len(begins))
            self.write(f"{begins}{room}{lines[0]}".rstrip() + "\n")
            for line in lines[1:]:
                self.write(f"{'':{self.current_indent + first}}{line}\n")


class Context(click.Context):
    """click's context, which formats help with `Formatter`."""

    formatter_class = Formatter


def wrapped(text: str, width: int) -> Iterator[str]:
    """Wrap a text into lines of at most so many columns; a longer word gets a longer line."""
    line = ""
    for piece in _PIECES.findall(" ".join(text.split())):
        if not line or cell_len(line + piece) <= width:
            line += piece
            continue
        taken = line[-1] if piece in _NEVER_FIRST and len(line) > 1 else ""
        yield line[: len(line) - len(taken)].rstrip()
        line = taken + piece.lstrip()
    if line.strip():
        yield line.rstrip()
