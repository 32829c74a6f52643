"""`im-access review`: every user's policies and keys, since when, until when and from whom, for an access review."""

from __future__ import annotations

from pathlib import PurePath
from typing import Any

import click

from cli.commands import review_page
from cli.commands.review_rows import policy_rows, user_rows
from cli.exit_codes import FAILED, OK
from cli.language import _
from cli.records.cam_snapshot import Gathering
from cli.records.timeline import Timeline
from cli.terminal import spreadsheet, table
from cli.terminal.command import command
from cli.terminal.console import Console
from cli.terminal.output_file import OUTPUT, page_for_a_file, put
from shared.clock import rfc3339

FORMS = ("table", "csv", "html", "json")
ENDINGS = {"": "table", ".txt": "table", ".csv": "csv", ".html": "html", ".htm": "html", ".json": "json"}
COLUMNS = ("user", "state", "policy", "since", "until", "given_by", "beyond", "keys", "last_login")
SHEET = (
    "user", "uin", "state", "console_login", "created_in_cam", "last_login", "policy", "since", "until", "given_by",
    "source", "reason", "ticket", "requested_by", "approved_by", "request_id", "beyond", "by_group", "keys",
)  # fmt: skip


@command("review", example="im-access review --format html --output review.html")
@click.option(
    "--format", "form", type=click.Choice(FORMS), help="of the output; by the file's name if not said, else a table"
)
@click.option("--output", type=OUTPUT, metavar="FILE", help="where it goes, if not to the terminal")
@click.option("--quick", is_flag=True, help="without groups, last uses and last logins, which CAM tells slowly")
@click.option("--resume", is_flag=True, help="go on where the last review was interrupted")
@click.pass_obj
def review(console: Console, form: str | None, output: str | None, quick: bool, resume: bool) -> int:
    """Every user: state, policies, keys, last login, and what CAM has beyond the records."""
    form = "json" if console.as_json else form or _form_of(output)
    if form == "html":
        page_for_a_file(console, output, "review.html")
    console.progress.step(_("reading records and CAM"))
    found, timeline = Gathering(console, quick=quick, resume=resume).all(), Timeline(console)
    rows = list(user_rows(console, timeline, found))
    if form == "table" and output is None:
        console.show([_line(row) for row in policy_rows(rows)], COLUMNS)
    else:
        put(console, output, _text(rows, form, rfc3339(console.clock.now())))
    return FAILED if timeline.warn() else OK


def _form_of(output: str | None) -> str:
    """The format that a file's name asks for by its ending. Raises BadParameter for an unknown ending."""
    ending = PurePath(output or "").suffix.lower()
    if ending not in ENDINGS:
        problem = _("{ending} is the ending of no form: {forms}")
        forms = ", ".join(filter(None, ENDINGS))
        raise click.BadParameter(problem.format(ending=ending, forms=forms), param_hint="'--output'")
    return ENDINGS[ending]


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """A row for a terminal, which shows for each key whether it is enabled, and its age."""
    return row | {"keys": "; ".join(row["aged"]) or None, "beyond": row["beyond"] or None}


def _text(rows: list[dict[str, Any]], form: str, now: str) -> str:
    if form == "csv":
        return spreadsheet.csv(policy_rows(rows), SHEET)
    if form == "table":
        return table.text([_line(row) for row in policy_rows(rows)], COLUMNS)
    return review_page.page(rows, now) if form == "html" else spreadsheet.json_text(rows)
