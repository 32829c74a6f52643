"""The doctor's report: findings, the checks that make them, and the checks that are skipped after a failure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.errors import CloudError, ImAccessError, Unavailable

CAM = "cam"
"""CAM, STS, SCF and CLS: they share one protocol, and one endpoint if it is set."""
COS = "cos"
NAMES = {CAM: "CAM", COS: "COS"}
SETTINGS = {CAM: "IM_ACCESS_API_ENDPOINT", COS: "IM_ACCESS_REGION, IM_ACCESS_COS_ENDPOINT"}

DENIED = ("AuthFailure.UnauthorizedOperation", "UnauthorizedOperation")
_KEYS = (
    "AuthFailure.InvalidSecretId", "AuthFailure.SecretIdNotFound", "AuthFailure.SignatureFailure",
    "AuthFailure.TokenFailure", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken",
)  # fmt: skip
"""Errors about the caller's keys themselves, which every further call would get as well."""


@dataclass(frozen=True)
class Finding:
    """A line of the report: `ok`, `warning` or `failure`; the last two also say what to do."""

    result: str
    finding: str
    what_to_do: str = ""


class Check(NamedTuple):
    """A check: its name, the function that runs it, and the service that it calls, if any."""

    name: str
    run: Callable[[], Iterator[Finding]]
    service: str = ""


def denied(error: CloudError) -> bool:
    """Whether the caller lacks the right."""
    return error.cloud_code.startswith(DENIED)


def silent(service: str, why: str) -> Finding:
    """The finding that a service gave no answer."""
    advice = f"Look at the network, the proxy (HTTPS_PROXY, NO_PROXY) and {SETTINGS[service]}; then run this again."
    return Finding("failure", f"no answer from {NAMES[service]}: {why}", advice)


@dataclass
class Report:
    """The report while it is being made. `blocked`: services that are not asked again; `skipped`: checks that did not
    run.
    """

    blocked: set[str] = field(default_factory=set)
    skipped: list[str] = field(default_factory=list)
    _reported: set[str] = field(default_factory=set)

    def run(self, checks: Iterable[Check]) -> Iterator[dict[str, str]]:
        """The rows of all checks. An error that stops several checks is reported once."""
        for check in checks:
            for found in self._examined(check):
                yield {"check": check.name, **vars(found)}
        if self.skipped:
            finding = ", ".join(dict.fromkeys(self.skipped))
            yield {
                "check": "not-checked",
                **vars(Finding("warning", finding, "Mend the failures; then run this again.")),
            }

    def _examined(self, check: Check) -> Iterator[Finding]:
        if check.service in self.blocked:
            self.skipped.append(check.name)
            return
        try:
            yield from check.run()
        except Unavailable as error:
            self.blocked.add(check.service)
            self.skipped.append(check.name)
            yield (
                silent(check.service, error.detail) if check.service else Finding("failure", error.detail, "Try again.")
            )
        except ImAccessError as error:
            yield from self._once(check, error)

    def _once(self, check: Check, error: ImAccessError) -> Iterator[Finding]:
        advice = "Mend this first; the check could not be made."
        if isinstance(error, CloudError) and error.cloud_code in _KEYS:
            self.blocked |= {CAM, COS}
            advice = "The keys are not valid: set TENCENTCLOUD_SECRETID, _SECRETKEY and _SESSIONTOKEN anew."
        text = f"{error.code}: {error.detail}"
        if text in self._reported:
            self.skipped.append(check.name)
            return
        self._reported.add(text)
        yield Finding("failure", text, advice)
