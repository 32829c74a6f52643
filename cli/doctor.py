"""`im-access doctor`: whether an account is fit for im-access; read-only but for --probe."""

from __future__ import annotations

import click

from cli.command import command
from cli.console import Console
from cli.exit_codes import FAILED, OK
from doctor.examination import examine

COLUMNS = ("check", "result", "finding", "what_to_do")


@command("doctor", example="im-access doctor --probe")
@click.option("--probe", is_flag=True, help="also write and delete a throw-away object")
@click.pass_obj
def doctor(console: Console, probe: bool) -> int:
    """Check an account, before and after deploying."""
    console.progress.step("doctor")
    rows = list(examine(console.container(), probe=probe))
    console.show(rows, COLUMNS)
    return FAILED if any(row["result"] == "failure" for row in rows) else OK
