"""Parses command lines of the pages without running them."""

from __future__ import annotations

from collections.abc import Sequence

import click

from cli.main import root
from cli.terminal.console import Console


def taken(words: Sequence[str]) -> None:
    """Check that `im-access` accepts these words. Raises UsageError, or KeyError for an unknown command."""
    command, rest = root, list(words)
    context = click.Context(root, obj=Console(env={}))
    one: click.Command = command
    while isinstance(one, click.Group):
        one = one.commands[rest.pop(0)]
    one.make_context(one.name, rest, parent=context)
