"""`python -m local hr feishu joiner zhangsan …`: changes an employee in a simulated HR system of the running local
cloud.
"""

import argparse
import json
import urllib.error
import urllib.request
from typing import Any

VERBS = ("joiner", "mover", "freeze", "leaver")
"""What can happen to an employee."""
SYSTEMS = ("feishu", "wecom", "dingtalk", "bamboohr")


def arguments(parser: argparse.ArgumentParser) -> None:
    """Add the command's own arguments."""
    parser.add_argument("system", choices=SYSTEMS)
    parser.add_argument("verb", choices=VERBS, help="what happens to the employee")
    parser.add_argument("id", help="the employee's id in that system")
    for name in ("name", "email", "phone", "title"):
        parser.add_argument(f"--{name}")
    parser.add_argument("--department", action="append", dest="departments", help="a name; may be given several times")
    parser.add_argument("--kind", choices=("regular", "intern", "outsourced", "contractor", "consultant"))
    parser.add_argument("--gateway", default="http://127.0.0.1:8080", help="of the local cloud that is up")


def run(given: argparse.Namespace) -> int:
    """Make the change and print how the event was answered. Returns 0, or 1 if it was refused or no local cloud
    runs.
    """
    names = ("id", "name", "email", "phone", "title", "departments", "kind")
    changes = {name: getattr(given, name) for name in names if getattr(given, name) is not None}
    try:
        systems = json.loads(fetch(given.gateway))["hr_systems"]
        event = f"{systems}/events/{given.system}/{given.verb}"
        statuses = json.loads(fetch(event, {**changes, "address": given.gateway}))["statuses"]
    except (urllib.error.URLError, KeyError):
        print(f"local: no local cloud answers at {given.gateway}; start one: python -m local up")
        return 1
    taken = statuses[-1:] == [200]
    print(f"{given.system} told of {given.verb} {given.id}: answered {', '.join(map(str, statuses))}")
    if taken:
        print(f"What came of it: {given.gateway}/notifications and {given.gateway}/mailbox")
    return 0 if taken else 1


def fetch(url: str, body: dict[str, Any] | None = None) -> bytes:
    """The JSON that an address answers to a GET, or to a POST of `body` as JSON."""
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(url, data, timeout=60) as answer:  # noqa: S310 - the local cloud
        found: bytes = answer.read()
        return found
