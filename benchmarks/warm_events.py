"""Measures, in one process and in turn, events of a warm instance and the bare calls that they make.

python warm_events.py OPERATION TURNS     prints JSON: [[ours, bare], ...] in seconds, wall and processor time
"""

from __future__ import annotations

import importlib
import json
import secrets
import sys
import time
from collections.abc import Callable
from typing import Any

from benchmarks.bare_calls import FULL, READ, Bare

CONTEXT = {"request_id": "r", "time_limit_in_ms": 30_000}
PAUSE = 0.3
"""Seconds before each event, so that creates stay below the five keys that CAM makes in a second."""


def event(command: dict[str, Any]) -> dict[str, Any]:
    """A Function URL event."""
    headers = {"idempotency-key": secrets.token_hex(8)}
    return {"httpMethod": "POST", "path": "/", "headers": headers, "queryString": {}, "body": json.dumps(command)}


def ours(function: str, user: str, policy: str) -> None:
    """Send one event to our function; it must succeed."""
    module = importlib.import_module(function)
    answer = module.main_handler(event({"user": user, "policies": [policy]}), CONTEXT)
    if answer["statusCode"] not in (200, 201):
        raise SystemExit(f"{function} answered {answer['statusCode']}")


def spent(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds of wall time and of processor time, after a pause that makes the limiter let the next call pass."""
    time.sleep(PAUSE)
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def pair(operation: str, bare: Bare, policies: dict[str, int], uin: int) -> tuple[Callable[[], None], ...]:
    """Our event and the bare calls, ready to be measured: a policy to revoke is attached, one to grant is not."""
    if operation == "create":
        return lambda: ours("create_user", f"o{secrets.token_hex(8)}", READ), lambda: bare.create(policies)
    grant = operation == "grant"
    function, back = ("grant_policy", "revoke_policy") if grant else ("revoke_policy", "grant_policy")
    ours(back, "ours", FULL)
    bare.change(policies, uin, grant=not grant)
    return lambda: ours(function, "ours", FULL), lambda: bare.change(policies, uin, grant=grant)


def main() -> None:
    """Warm the instance, then measure in turn."""
    operation, turns = sys.argv[1], int(sys.argv[2])
    bare = Bare()
    rows = bare.call("ListPolicies", Scope="QCS", Rp=200)["List"]
    policies = {row["PolicyName"]: row["PolicyId"] for row in rows}
    uins = {name: int(bare.call("GetUser", Name=name)["Uin"]) for name in ("bare", "ours")}
    for uin in uins.values():
        bare.call("AttachUserPolicy", PolicyId=policies[READ], AttachUin=uin)
    measured = []
    for turn in range(turns + 3):
        functions = pair(operation, bare, policies, uins["bare"])
        order = functions if turn % 2 else functions[::-1]
        found = {function: spent(function) for function in order}
        if turn >= 3:
            measured.append([found[function] for function in functions])
    sys.stdout.write(f"\nMEASURED {json.dumps(measured)}\n")


if __name__ == "__main__":
    main()
