"""Options of commands: those of all commands, those of several, and those whose help is a text of the reference."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from cli.language import language
from cli.reference.text import Text
from cli.terminal.console import Console

FILE = click.Path(dir_okay=False)


def _as_json(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Console).as_json = True


def _profile(ctx: click.Context, _param: click.Parameter, value: str | None) -> None:
    if value:
        ctx.ensure_object(Console).profile = value


def _local(ctx: click.Context, _param: click.Parameter, value: bool) -> None:
    console = ctx.ensure_object(Console)
    if value and console.local_port is None:
        console.local_port = 8080


def _port(ctx: click.Context, _param: click.Parameter, value: int | None) -> None:
    if value is not None:
        ctx.ensure_object(Console).local_port = value


def everywhere() -> list[click.Parameter]:
    """The options of every command; they are accepted before and after its name."""
    quiet: dict[str, Any] = {"expose_value": False, "is_eager": True}
    return [
        click.Option(["--json"], is_flag=True, help="for machines", callback=_as_json, **quiet),
        click.Option(["--profile"], metavar="FILE", help="settings, one NAME=value a line", callback=_profile, **quiet),
        click.Option(["--local"], is_flag=True, help="use the running local cloud", callback=_local, **quiet),
        click.Option(
            ["--local-port"], type=int, metavar="PORT", help="of its gateway, if not 8080", callback=_port, **quiet
        ),
    ]


class Option(click.Option):
    """An option whose help is a text of the reference, in both languages."""

    def __init__(self, *names: Any, texts: Text, **more: Any) -> None:  # noqa: ANN401 - click's form
        super().__init__(*names, **more)
        self._texts = texts

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option's names, and its help in the language in use."""
        self.help = plain(self._texts)
        return super().get_help_record(ctx)


def plain(texts: Text) -> str:
    """A text of the reference in the language in use, without its Markdown."""
    return (texts.zh if language() == "zh" else texts.en).replace("`", "")


def yes_option(function: Callable[..., int]) -> Callable[..., int]:
    """Add `--yes`, which answers the question of a destructive command for scripts."""
    return click.option("--yes", is_flag=True, help="do not ask")(function)


def dry_run_option(function: Callable[..., int]) -> Callable[..., int]:
    """Add `--dry-run`, which shows what would be done."""
    return click.option("--dry-run", is_flag=True, help="show what would be done, change nothing")(function)
