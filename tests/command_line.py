"""Command lines of pages, parsed and not run."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cli.main import root
from cli.terminal.console import Console


def taken(words: Sequence[str]) -> None:
    """Raise UsageError, or KeyError for a command that is none, where `im-access` does not take these words."""
    command, rest = root, list(words)
    context = click.Context(root, obj=Console(env={}))
    one: click.Command = command
    while isinstance(one, click.Group):
        one = one.commands[rest.pop(0)]
    one.make_context(one.name, rest, parent=context)
