"""Tables for people: as wide as the terminal, with long cells wrapped and never cut; whole lines if output is piped."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from rich.cells import cell_len
from rich.console import Console as Terminal
from rich.table import Table
from rich.text import Text as Cell

from cli.language import _
from cli.terminal.untrusted_text import inert

_UNBOUNDED = 100_000
"""Columns where nothing is to be folded, since a program reads it."""


def text(rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> str:
    """The table for a pipe, one line for each row."""
    out = io.StringIO()
    write(out, rows, columns)
    return out.getvalue()


def write(out: TextIO, rows: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> None:
    """Print the columns of the rows."""
    interactive = out.isatty()
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for column in columns:
        table.add_column(heading(column), overflow="fold", no_wrap=not interactive)
    for row in rows:
        table.add_row(*(Cell(cell(row.get(column))) for column in columns))
    terminal = Terminal(file=out, width=None if interactive else _UNBOUNDED, highlight=False, soft_wrap=False)
    with terminal.capture() as captured:
        terminal.print(table)
    out.write("".join(line.rstrip() + "\n" for line in captured.get().splitlines()))


def line(name: str, value: str, *, width: int = 14) -> str:
    """A name and its value in a line; all names have the same width, Chinese ones too."""
    called = _(name.replace("_", " "))
    return f"{called}{' ' * max(1, width - cell_len(called))} {value}"


def heading(column: str) -> str:
    """A column's name in the language in use."""
    return _(column.replace("_", " ")).upper()


def cell(value: object) -> str:
    """A value as text for people. Names come from outside, so characters that move the cursor are shown escaped."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list | tuple):
        return ", ".join(cell(item) for item in value)
    return inert(_(str(value)))
