"""Checks that every function is deployed, and has the triggers of serverless.yml, switched on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from doctor.report import Finding, denied
from shared.errors import CloudError
from shared.operations import HR, OPERATIONS, PAGE, SCIM, SWEEP
from shared.tencent.api import Api

PREFIX = "im-access-"
"""The beginning of deployed names: `im-access-prod-im-access-create_user` by serverless.yml, `im-access-create_user` by
Terraform."""
_ENABLED = ("1", "OPEN")
_DEPLOY = "Deploy again, as docs/deployment.md says."
_ROWS = 100

Triggers = list[dict[str, Any]]


def triggers(api: Api, *, claim: bool) -> Iterator[Finding]:
    """The findings for each function of each deployment. `claim`: people fetch their credentials from the page."""
    try:
        deployments = _deployments(api)
        if not deployments:
            yield Finding("warning", "not deployed yet: no function im-access-…", "Deploy, then run this again.")
        for prefix, functions in sorted(deployments.items()):
            yield from _deployment(prefix, functions, claim=claim)
    except CloudError as error:
        missing = f"the caller lacks {error.action}" if denied(error) else error.cloud_code
        advice = "Ask for scf:ListFunctions and scf:ListTriggers, or look at the triggers in the SCF console."
        yield Finding("warning", f"not looked at: {missing}", advice)


def _deployments(api: Api) -> dict[str, dict[str, Triggers]]:
    """For each prefix of names, such as `im-access-prod-im-access-`, the triggers of each function."""
    found: dict[str, dict[str, Triggers]] = {}
    for row in _all(api, "ListFunctions", "Functions", {"SearchKey": PREFIX}):
        name = str(row.get("FunctionName"))
        for function in (*OPERATIONS, PAGE, SWEEP, SCIM, HR):
            if name.startswith(PREFIX) and name.endswith(f"-{function}"):
                rows = list(_all(api, "ListTriggers", "Triggers", {"FunctionName": name}))
                found.setdefault(name.removesuffix(function), {})[function] = rows
    return found


def _all(api: Api, action: str, field: str, params: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every row of a list that SCF returns page by page. https://cloud.tencent.com/document/product/583/18582"""
    offset = 0
    while True:
        try:
            answer = api.read("scf", action, {**params, "Offset": offset, "Limit": _ROWS})
        except CloudError as error:
            raise CloudError(f"scf:{action}", error.cloud_code) from None
        rows = answer.get(field) or []
        yield from rows
        offset += len(rows)
        if not rows or offset >= int(answer.get("TotalCount") or 0):
            return


def _deployment(prefix: str, functions: dict[str, Triggers], *, claim: bool) -> Iterator[Finding]:
    queue = any(row.get("Type") == "ckafka" for rows in functions.values() for row in rows)
    wanted: dict[str, tuple[str, ...]] = dict.fromkeys(OPERATIONS, ("http", "ckafka") if queue else ("http",))
    wanted |= ({PAGE: ("http",)} if claim else {}) | {SWEEP: ("timer",)}
    # Without an HR system its function need not be deployed.
    wanted |= {HR: (*wanted[next(iter(OPERATIONS))], "cos")} if HR in functions else {}
    if not queue:
        yield Finding("ok", f"{prefix}…: no ckafka trigger anywhere; commands come over HTTP alone")
    for function in (*OPERATIONS, PAGE, SWEEP, SCIM, HR):
        kinds = wanted.get(function, ())
        if function not in functions:
            if kinds:
                yield Finding("failure", f"{prefix}{function}: the function is missing", _DEPLOY)
            continue
        yield from (_state(prefix + function, row) for row in functions[function])
        for kind in sorted(set(kinds) - {str(row.get("Type")) for row in functions[function]}):
            yield Finding("failure", f"{prefix}{function}: no {kind} trigger", _lack(kind))


def _lack(kind: str) -> str:
    reached = {
        "http": "it has no Function URL",
        "ckafka": "it takes no messages",
        "timer": "nothing starts it",
        "cos": "events wait for the sweep",
    }
    return f"{_DEPLOY[:-1]}: {reached[kind]}."


def _state(function: str, row: dict[str, Any]) -> Finding:
    name = f"{function}: {row.get('Type')} trigger {row.get('TriggerName')}"
    if str(row.get("Enable")) in _ENABLED:
        return Finding("ok", f"{name} is enabled")
    return Finding("failure", f"{name} is disabled", "Set `enable: true` and deploy again: it takes no events.")
