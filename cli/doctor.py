"""`im-access doctor`: whether an account is fit for im-access; read-only but for --probe.

The order matters: what does not answer, or refuses every signature for the clock, is not asked again, so that one
trouble is told once and with its own advice.
"""

from __future__ import annotations

from collections.abc import Iterator

from cli.console import DIFFERENT, OK, Console
from cli.doctor_account import Account
from cli.doctor_clock import Reach
from cli.doctor_report import CAM, COS, Check, Finding, Report
from cli.doctor_roles import Roles
from cli.doctor_triggers import triggers
from shared.bootstrap import Container

COLUMNS = ("check", "result", "finding", "what_to_do")


def doctor(console: Console, *, probe: bool) -> int:
    """Run every check. Exit code 1 where one fails."""
    report = Report()
    rows = list(report.run(_checks(console, report, probe=probe)))
    console.show(rows, COLUMNS)
    return DIFFERENT if any(row["result"] == "failure" for row in rows) else OK


def _checks(console: Console, report: Report, *, probe: bool) -> Iterator[Check]:
    container = console.container()
    account, reach = Account(console, container), Reach(container, report)
    yield Check("settings", account.settings)
    yield Check("network", reach.network)
    yield Check("clock", reach.clock)
    yield Check("credentials", account.credentials, CAM)
    yield Check("policies", account.policies, CAM)
    yield Check("bucket", account.bucket, COS)
    yield Check("quota", account.quota, CAM)
    yield Check("permissions", account.reads_of_cam, CAM)
    yield Check("permissions", account.reads_of_cos, COS)
    yield Check("roles", lambda: _roles(account, container), CAM)
    yield Check("triggers", lambda: _triggers(account, container), CAM)
    if probe:
        yield Check("create-only", account.create_only, COS)


def _roles(account: Account, container: Container) -> Iterator[Finding]:
    yield from Roles(account.api(), container.settings.bucket, container.settings.region).examine()


def _triggers(account: Account, container: Container) -> Iterator[Finding]:
    yield from triggers(account.api(), claim=container.settings.delivery == "claim")
