"""`im-access completion SHELL`: the script with which a shell completes commands and options."""

from __future__ import annotations

from collections.abc import Mapping

import click
from click.shell_completion import get_completion_class, shell_complete

from cli.exit_codes import OK
from cli.terminal.command import command
from cli.terminal.console import Console

NAME = "im-access"
VARIABLE = "_IM_ACCESS_COMPLETE"
"""Set by the shell's script when it asks for completions; the name is click's convention."""


@command("completion", example='eval "$(im-access completion bash)"')
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completion(ctx: click.Context, shell: str) -> int:
    """Print the shell's completion script."""
    kind = get_completion_class(shell)
    assert kind is not None  # noqa: S101 - for the type checker: the choice names what click has
    ctx.ensure_object(Console).out.write(kind(ctx.find_root().command, {}, NAME, VARIABLE).source() + "\n")
    return OK


def answered(root: click.Command, env: Mapping[str, str]) -> int | None:
    """Answer a shell that asks for completions; returns None if no shell asks."""
    instruction = env.get(VARIABLE)
    return shell_complete(root, {}, NAME, VARIABLE, instruction) if instruction else None
