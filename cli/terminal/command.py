"""Declares commands of im-access: click commands with the common options, and help in Chinese and English.

    @command("who", example="im-access who QcloudIMReadOnlyAccess")
    @click.argument("policy")
    @click.pass_obj
    def who(console: Console, policy: str) -> int:
        '''Who holds a policy.'''

The docstring is the help; its Chinese is in `cli/chinese/`. The function returns the exit code.
"""

from __future__ import annotations

from collections.abc import Callable

import click

from cli.language import _, language
from cli.reference.text import Text
from cli.terminal.help_text import Context
from cli.terminal.options import everywhere, plain


class Translated(click.Command):
    """A command whose help is in the operator's language. `texts`: texts of the reference that replace its
    docstring.
    """

    context_class = Context
    example = ""
    texts: Text | None = None

    @property
    def description(self) -> str:
        """What the command does, in the language in use."""
        if self.texts is None:
            return _(self.help or "")
        text = plain(self.texts)
        return text[:1].upper() + text[1:] + ("。" if language() == "zh" else ".")

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own options, then those that every command has."""
        own = super().get_params(ctx)
        return [*own[:-1], *everywhere(), *own[-1:]]

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The option `--help`, with a translated text."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "this text"
        return option

    def get_short_help_str(self, limit: int = 60) -> str:  # noqa: ARG002 - click's form
        """The first sentence, without cutting it."""
        return self.description.partition("\n")[0].rstrip(".。")

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line `Usage: ...`."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), _("Usage: "))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's form
        """What it does."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(self.description)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What can be asked for."""
        options = (param for param in self.get_params(ctx) if isinstance(param, click.Option))
        rows = [record for option in options if (record := option.get_help_record(ctx))]
        with formatter.section(_("Options")):
            formatter.write_dl([(names, _translated(text)) for names, text in rows])

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's form
        """Write the example, without wrapping it."""
        if self.example:
            formatter.write(f"\n{_('Example:')}\n  {self.example}\n")


def _translated(text: str) -> str:
    """An option's help in the language in use; click adds the words in brackets at its end."""
    help_, bracket, more = text.partition("  [")
    return _(help_) + (f"  [{_('required')}]" if bracket and "required" in more else "")


class Commands(Translated, click.Group):
    """Commands below a common name."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands, then the options."""
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
