"""`im-access scim-token`: makes a bearer token for an identity provider, and the entry of the setting that
accepts it.
"""

from __future__ import annotations

import click

from cli.exit_codes import OK
from cli.language import _
from cli.terminal.command import command
from cli.terminal.console import Console
from shared.bearer_tokens import new_token


@command("scim-token", example="im-access scim-token okta")
@click.argument("name", default="")
@click.pass_obj
def scim_token(console: Console, name: str) -> int:
    """Make a bearer token for an identity provider, shown this once, and its line for the setting."""
    try:
        token, setting = new_token(name)
    except ValueError:
        raise click.UsageError(
            _("A client's name has 1 to 64 letters, digits, dots, underscores and hyphens.")
        ) from None
    if console.as_json:
        console.show_json({"token": token, "setting": setting})
        return OK
    console.say(_("For the identity provider, once:"))
    console.out.write(f"{token}\n")
    console.say(_("For IM_ACCESS_SCIM_TOKENS, beside those that are there:"))
    console.out.write(f"{setting}\n")
    return OK
