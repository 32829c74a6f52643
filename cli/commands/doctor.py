"""`im-access doctor`: checks whether an account is ready for im-access. It only reads, unless --probe is given."""

from __future__ import annotations

import click

from cli.chinese.doctor import SENTENCES, translated
from cli.exit_codes import FAILED, OK
from cli.language import language
from cli.terminal.command import command
from cli.terminal.console import Console
from doctor.examination import examine

COLUMNS = ("check", "result", "finding", "what_to_do")


@command("doctor", example="im-access doctor --probe")
@click.option("--probe", is_flag=True, help="also write and delete a throw-away object")
@click.option(
    "--scim-url",
    metavar="URL",
    default="",
    help="with --probe: whether every method reaches SCIM there, and not at IM_ACCESS_SCIM_URL",
)
@click.pass_obj
def doctor(console: Console, probe: bool, scim_url: str) -> int:
    """Check an account, before and after deploying."""
    console.progress.step("doctor")
    rows = list(examine(console.container(), probe=probe, scim_url=scim_url))
    console.show(rows if console.as_json else [_in_words(row) for row in rows], COLUMNS)
    return FAILED if any(row["result"] == "failure" for row in rows) else OK


def _in_words(row: dict[str, str]) -> dict[str, str]:
    """A finding in the operator's language, if its text has a translation."""
    if language() == "en":
        return row
    return {name: SENTENCES.get(text) or translated(text) or text for name, text in row.items()}
