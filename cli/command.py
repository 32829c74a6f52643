"""Declares commands of im-access: click's, with the common options, and help in Chinese and English.

    @command("who", example="im-access who QcloudIMReadOnlyAccess")
    @click.argument("policy")
    @click.pass_obj
    def who(console: Console, policy: str) -> int:
        '''Who holds a policy.'''

The docstring is the help; its Chinese stands in `cli/chinese/`. The function returns the exit code.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from cli.console import Console
from cli.help_text import Context
from cli.language import _, language
from cli.reference.text import Text

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


def _everywhere() -> list[click.Parameter]:
    """The options of every command: they may stand before or after its name."""
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


class Translated(click.Command):
    """A command whose help is in the operator's language. `texts`: the reference's, in place of its own."""

    context_class = Context
    example = ""
    texts: Text | None = None

    @property
    def told(self) -> str:
        """What it does."""
        if self.texts is None:
            return _(self.help or "")
        text = plain(self.texts)
        return text[:1].upper() + text[1:] + ("。" if language() == "zh" else ".")

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own options, and those of every command."""
        own = super().get_params(ctx)
        return [*own[:-1], *_everywhere(), *own[-1:]]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """`--help`."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "this text"
        return option

    def get_short_help_str(self, limit: int = 60) -> str:  # noqa: ARG002 - click's form
        """The first sentence, whole."""
        return self.told.partition("\n")[0].rstrip(".。")

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first line."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), _("Usage: "))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's form
        """What it does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.told)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What can be asked for."""
        options = (param for param in self.get_params(ctx) if isinstance(param, click.Option))
        rows = [record for option in options if (record := option.get_help_record(ctx))]
        with formatter.section(_("Options")):
            formatter.write_dl([(names, _translated(text)) for names, text in rows])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's form
        """An example, which is not wrapped."""
        if self.example:
            formatter.write(f"\n{_('Example:')}\n  {self.example}\n")


def _translated(text: str) -> str:
    """An option's help in the language in use; click adds the words in brackets at its end."""
    help_, bracket, more = text.partition("  [")
    return _(help_) + (f"  [{_('required')}]" if bracket and "required" in more else "")


class Commands(Translated, click.Group):
    """Commands below a common name."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands, before what can be asked of all."""
        rows = [(name, self.commands[name].get_short_help_str()) for name in self.list_commands(ctx)]
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)
        Translated.format_options(self, ctx, formatter)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's form
        """The names of the commands, in the order in which they were added."""
        return list(self.commands)


def command(name: str, *, example: str) -> Callable[[Callable[..., int]], Translated]:
    """Declare a command."""

    def declared(function: Callable[..., int]) -> Translated:
        made: Translated = click.command(name, cls=Translated)(function)
        made.example = example
        return made

    return declared


def yes_option(function: Callable[..., int]) -> Callable[..., int]:
    """Adds `--yes`, which answers the question of a destructive command for scripts."""
    return click.option("--yes", is_flag=True, help="do not ask")(function)


def dry_run_option(function: Callable[..., int]) -> Callable[..., int]:
    """Adds `--dry-run`, which shows what would be done."""
    return click.option("--dry-run", is_flag=True, help="show what would be done, change nothing")(function)
