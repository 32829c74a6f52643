"""The rules for triggers, and for the requests of a second deployment."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from shared.operations import HR, OPERATIONS, PAGE, SWEEP
from shared.people.inbox import PREFIX
from tools.deployment import cron, reference
from tools.deployment.toolkit import Request

COMMANDS = tuple(OPERATIONS)
"""The functions that callers reach over HTTP; over a topic too, where the organisation has one."""
EXPECTED = {
    **dict.fromkeys(COMMANDS, ("http", "ckafka")),
    PAGE: ("http",),
    SWEEP: ("timer",),
    HR: ("http", "ckafka", "cos"),
}
"""The types of trigger that a function understands."""


def problems(requests: Sequence[Request]) -> Iterator[str]:
    """What is wrong with the triggers of a first deployment."""
    handlers = {one.params["FunctionName"]: module(one) for one in requests if one.action == "CreateFunction"}
    created = [one.params for one in requests if one.action == "CreateTrigger"]
    for params in created:
        yield from (f"{handlers.get(params['FunctionName'])}, {params['Type']}: {line}" for line in trigger(params))
    types = Counter((handlers.get(params["FunctionName"]), params["Type"]) for params in created)
    for function in handlers.values():
        if function in COMMANDS and not types[function, "http"]:
            yield f"{function} has no http trigger"
        elif not any(owner == function for owner, _ in types):
            yield f"{function} has no trigger at all"
    for (name, kind), count in types.items():
        if count > 1:
            yield f"{name} has {count} {kind} triggers"
        if kind not in EXPECTED.get(str(name), (kind,)):
            yield f"{name} has no use for a trigger of type {kind}"


def module(request: Request) -> str:
    """The module of a function, which is the name that readers use."""
    return str(request.params.get("Handler", "")).partition(".")[0]


def trigger(params: dict[str, Any]) -> Iterator[str]:
    """One trigger must be open, have a qualifier, and have the description that its type requires."""
    if params.get("Enable") != "OPEN":
        yield "the trigger is not enabled"
    if params.get("Qualifier") not in ("$DEFAULT", "$LATEST"):
        yield f"the qualifier is {params.get('Qualifier')}"
    about = str(params.get("TriggerDesc"))
    match params["Type"]:
        case "http":
            yield from http(json.loads(about))
        case "ckafka":
            yield from ckafka(json.loads(about))
        case "timer":
            yield from timer(about)
        case "cos":
            yield from stored(json.loads(about))
        case other:
            yield f"no {other} trigger is expected"


def http(about: dict[str, Any]) -> Iterator[str]:
    """A Function URL must be reachable and name its authentication (https://cloud.tencent.com/document/product/583/100227)."""
    if about.get("AuthType") not in ("NONE", "CAM"):
        yield f"AuthType is {about.get('AuthType')}"
    if (about.get("NetConfig") or {}).get("EnableExtranet") is not True:
        yield "the URL is not reachable from outside: enableExtranet is not true"


def ckafka(about: dict[str, Any]) -> Iterator[str]:
    """A consumer of a topic must have batch, wait and retries within their ranges, and a bounded number of retries."""
    for name, allowed in reference.CKAFKA.items():
        if about.get(name) not in allowed:
            yield f"{name} may not be {about.get(name)}"
    offset = str(about.get("offset"))
    if offset not in ("latest", "earliest") and not (offset.isascii() and offset.isdigit()):
        yield f"offset is {offset}"
    if about.get("retry") == reference.CKAFKA["retry"][-1]:
        yield "retry is the platform's own default: a batch that cannot succeed would hold its partition for a week"


def stored(about: dict[str, Any]) -> Iterator[str]:
    """Only objects in the inbox may start the function; if its own objects started it, it would never end."""
    if about.get("event") != "cos:ObjectCreated:*":
        yield f"event is {about.get('event')}"
    if (about.get("filter") or {}).get("Prefix") != PREFIX:
        yield f"its objects are not those below {PREFIX}"


def timer(about: str) -> Iterator[str]:
    """A timer needs a valid cron expression, as text or inside JSON."""
    yield from cron.problems(json.loads(about)["cron"] if about.startswith("{") else about)


def second_deployment(requests: Sequence[Request]) -> Iterator[str]:
    """A second deployment must update what exists and create nothing."""
    for one in requests:
        if one.action.startswith(("Create", "Delete")):
            kind = f" ({one.params['Type']})" if "Type" in one.params and "Trigger" in one.action else ""
            yield f"deployed again, it sends {one.action}{kind} for {one.params.get('FunctionName')}"
