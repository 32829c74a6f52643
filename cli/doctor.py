"""`im-access doctor`: whether an account is fit for im-access; read-only but for --probe."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cli.console import DIFFERENT, OK, Console
from shared.access.policies import Policies, PolicyCache
from shared.cloud.budget import Budget
from shared.cloud.cam import Cam
from shared.errors import CloudError, ImAccessError
from shared.site import Site

COLUMNS = ("check", "result", "finding", "what_to_do")
SKEW = 60.0
"""Seconds by which clocks may differ; CAM refuses a signature from 300 on."""
FEW = 50
"""Sub-users left of the account's quota from which on somebody should ask for more."""


@dataclass(frozen=True)
class Finding:
    """A line of the report: `ok`, `warning` or `failure`, and for the last two what to do."""

    result: str
    finding: str
    what_to_do: str = ""


class Doctor:
    """The checks, each a generator of findings."""

    def __init__(self, console: Console) -> None:
        self._site: Site = console.site()
        self._budget = Budget(console.clock, self._site.deadline)
        self._clock = console.clock

    def settings(self) -> Iterator[Finding]:
        """Every setting can be read and they fit each other."""
        self._site.settings.check()
        yield Finding("ok", "complete and consistent")

    def credentials(self) -> Iterator[Finding]:
        """Who calls, and with what kind of keys."""
        caller = self._site.api(self._budget).read("sts", "GetCallerIdentity", {})
        temporary = bool(self._site.credentials().token)
        yield Finding("ok", f"{caller.get('Type')} of the account {caller.get('AccountId')}")
        if temporary:
            lifetime = self._site.settings.credential_lifetime
            yield Finding("ok", f"temporary; no API tells for how long, links are capped at {lifetime} s")
        else:
            yield Finding("warning", "permanent keys", "Give the functions an execution role instead.")

    def clock(self) -> Iterator[Finding]:
        """This machine's clock against the service's."""
        skew = self._site.cos(self._budget).skew()
        if skew is None:
            yield Finding("warning", "the service does not tell its time", "Compare the clock by hand.")
        elif abs(skew) > SKEW:
            yield Finding("failure", f"differs by {skew:.0f} s", "Set the clock: signatures and event times need it.")
        else:
            yield Finding("ok", f"differs by {abs(skew):.0f} s")

    def policies(self) -> Iterator[Finding]:
        """Every policy of the allow-list exists and may be given."""
        guard = self._site.guard()
        known = Policies(Cam(self._site.api(self._budget)), PolicyCache(), self._clock)
        for name in self._site.settings.policies:
            try:
                policy = guard.approve(known.confirm(known.resolve(name)))
            except CloudError:
                raise
            except ImAccessError as error:
                yield Finding("failure", f"{name}: {error.detail}", "Correct IM_ACCESS_POLICIES, or make the policy.")
            else:
                yield Finding("ok", f"{name}: {'preset' if policy.preset else 'custom'}, id {policy.id}")

    def bucket(self) -> Iterator[Finding]:
        """Never versioned, and private."""
        cos = self._site.cos(self._budget)
        versioning = cos.versioning()
        if versioning:
            advice = "Use a new bucket: create-only writes do not hold on this one, even when it is suspended."
            yield Finding("failure", f"versioning is {versioning}", advice)
        else:
            yield Finding("ok", "never versioned")
        if cos.public():
            yield Finding("failure", "readable by everybody", "Make the bucket private.")
        else:
            yield Finding("ok", "private")

    def quota(self) -> Iterator[Finding]:
        """How many more sub-users the account may have (https://cloud.tencent.com/document/product/598/13884)."""
        users = int(self._site.api(self._budget).read("cam", "GetAccountSummary", {}).get("User") or 0)
        left = 1000 - users
        few = "Ask Tencent for a higher quota." if left < FEW else ""
        yield Finding("warning" if few else "ok", f"{users} sub-users; {left} left of the usual 1000", few)

    def permissions(self) -> Iterator[Finding]:
        """Reads that the functions make. What writes are allowed, only a write can tell."""
        cam, cos = Cam(self._site.api(self._budget)), self._site.cos(self._budget)
        looks: dict[str, Callable[[], object]] = {
            "cam:GetUser": lambda: cam.user(f"im-access-doctor-{secrets.token_hex(8)}"),
            "cos:GetBucket": lambda: cos.below("requests/", limit=1),
            "cos:GetObject": lambda: cos.get("requests/doctor"),
        }
        for action, look in looks.items():
            try:
                look()
            except CloudError as error:
                yield Finding("failure", f"{action}: {error.cloud_code}", "Compare the role with docs/security/.")
            else:
                yield Finding("ok", action)

    def triggers(self) -> Iterator[Finding]:
        """Deployed functions and whether their triggers are enabled."""
        api = self._site.api(self._budget)
        try:
            found = api.read("scf", "ListFunctions", {"SearchKey": "im-access", "Limit": 100}).get("Functions") or []
            if not found:
                yield Finding("warning", "no function with im-access in its name", "Deploy, or look in the console.")
            for function in found:
                name = str(function.get("FunctionName"))
                rows = api.read("scf", "ListTriggers", {"FunctionName": name}).get("Triggers") or []
                yield from (_trigger(name, row) for row in rows)
        except CloudError as error:
            yield Finding("warning", f"not looked at: {error.cloud_code}", "Look at the triggers in the SCF console.")

    def create_only(self) -> Iterator[Finding]:
        """A second create of the same object must be refused: the one primitive that everything stands on."""
        cos, key = self._site.cos(self._budget), f"probe/{secrets.token_hex(16)}.json"
        first, second = cos.create(key, b'{"probe":1}'), cos.create(key, b'{"probe":2}')
        cos.delete(key)
        if first and not second:
            yield Finding("ok", "the second write was refused")
        else:
            yield Finding(
                "failure", "the second write was taken", "Do not use this bucket: nothing would be exclusive."
            )


def doctor(console: Console, *, probe: bool) -> int:
    """Run every check. Exit code 1 where one fails."""
    patient = Doctor(console)
    checks = [patient.settings, patient.credentials, patient.clock, patient.policies, patient.bucket]
    checks += [patient.quota, patient.permissions, patient.triggers, *([patient.create_only] if probe else [])]
    rows = [
        {"check": check.__name__.replace("_", "-"), **vars(found)} for check in checks for found in _examined(check)
    ]
    console.show(rows, COLUMNS)
    return DIFFERENT if any(row["result"] == "failure" for row in rows) else OK


def _examined(check: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from check()
    except ImAccessError as error:
        yield Finding("failure", f"{error.code}: {error.detail}", "Mend this first; the check could not be made.")


def _trigger(function: str, row: dict[str, object]) -> Finding:
    name = f"{function}: {row.get('Type')} trigger {row.get('TriggerName')}"
    if row.get("Enable") == 1:
        return Finding("ok", f"{name} is enabled")
    return Finding("failure", f"{name} is disabled", "Set `enable: true` and deploy again: it takes no events.")
