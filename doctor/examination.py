"""Runs all checks in their order. Only the probe writes anything.

The order matters: a service that does not answer, or refuses every signature because of the clock, is not asked again.
So one cause is reported once, with its own advice.
"""

from __future__ import annotations

from collections.abc import Iterator

from doctor import scim
from doctor.account import Account
from doctor.alarms import alarms
from doctor.clock import NetworkChecks
from doctor.report import CAM, COS, Check, Finding, Report
from doctor.roles import Roles
from doctor.triggers import triggers
from shared.bootstrap.container import Container


def examine(container: Container, *, probe: bool, scim_url: str = "") -> Iterator[dict[str, str]]:
    """The rows of the report: `check`, `result` (ok, warning, failure), `finding`, `what_to_do`.

    `probe`: also write and delete a throw-away object, and try each HTTP method at `scim_url`, the address of SCIM.
    """
    report = Report()
    yield from report.run(_checks(container, report, probe=probe, scim_url=scim_url))


def _checks(container: Container, report: Report, *, probe: bool, scim_url: str) -> Iterator[Check]:
    account, network = Account(container), NetworkChecks(container, report)
    yield Check("settings", account.settings)
    yield Check("network", network.network)
    yield Check("clock", network.clock)
    yield Check("credentials", account.credentials, CAM)
    yield Check("policies", account.policies, CAM)
    yield Check("bucket", account.bucket, COS)
    yield Check("quota", account.quota, CAM)
    yield Check("permissions", account.reads_of_cam, CAM)
    yield Check("permissions", account.reads_of_cos, COS)
    yield Check("roles", lambda: _roles(account, container), CAM)
    yield Check("triggers", lambda: _triggers(account, container), CAM)
    yield Check("alarms", lambda: alarms(account.api()), CAM)
    yield Check("scim", lambda: scim.settings(container))
    if probe:
        yield Check("create-only", account.create_only, COS)
        yield Check("scim-methods", lambda: scim.methods(container, scim_url))


def _roles(account: Account, container: Container) -> Iterator[Finding]:
    yield from Roles(account.api(), container.settings.bucket, container.settings.region).examine()


def _triggers(account: Account, container: Container) -> Iterator[Finding]:
    yield from triggers(account.api(), claim=container.settings.delivery == "claim")
