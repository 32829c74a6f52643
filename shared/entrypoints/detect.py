"""Detects the event source of an event, and calls the entrypoint for it.

Only the modules of that source are loaded, which shortens the cold start. An unknown event is refused. Timer and COS
triggers do not call commands, so their events are refused here, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from shared.errors import Rejected

if TYPE_CHECKING:
    from shared.bootstrap.container import Container
    from shared.commands.command import Command
    from shared.commands.result import Result
    from shared.event_sources.message import Message
    from shared.operations import Operation

    C = TypeVar("C", bound=Command)
    R = TypeVar("R", bound=Result)


def handle(event: Any, context: Any, operation: Operation[C, R], container: Container) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """The answer to an event: an HTTP answer, or the counters of a queue's batch.

    Never raises for HTTP, nor for an unknown event that is neither of a queue nor of a timer: the answer is a problem.
    For queues raises Misconfigured, Redeliver, and Rejected `unknown_trigger` for the records of other triggers.
    """
    if not isinstance(event, dict):
        return _from_http({}, context, operation, container)
    found = messages_of(event)
    if found is None:
        return _from_http(event, context, operation, container)
    from shared.entrypoints import queue

    messages, redelivers = found
    return queue.handle(messages, operation, container, redelivers=redelivers)


def _from_http(
    event: dict[str, Any],
    context: Any,  # noqa: ANN401 - whatever the platform passes
    operation: Operation[C, R],
    container: Container,
) -> dict[str, Any]:
    from shared.entrypoints import api
    from shared.event_sources import http_request

    given = context.get("request_id") if isinstance(context, dict) else None
    fallback_id = given if isinstance(given, str) else ""
    if http_request.method(event) is None:
        return api.refuse(_unknown(), operation, container, fallback_id)
    return api.handle(event, operation, container, fallback_id)


def messages_of(event: dict[str, Any]) -> tuple[list[Message], bool] | None:
    """The messages of a queue's event, and whether the queue redelivers them after an error; None for another event."""
    if "EventList" in event or "specversion" in event or str(event.get("type")).startswith("connector:"):
        from shared.event_sources import eventbridge

        return eventbridge.messages(_listed(event.get("EventList", [event]))), False
    if "Records" in event:
        return _records(_listed(event["Records"]))
    if event.get("Type") == "Timer":
        raise _unknown()
    return None


def _records(records: list[Any]) -> tuple[list[Message], bool]:
    if not records or _any_has(records, "Ckafka"):
        from shared.event_sources import ckafka

        return ckafka.messages(records), True
    if _any_has(records, "CMQ"):
        from shared.event_sources import cmq

        return cmq.messages(records), False
    raise _unknown()


def _listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    if not isinstance(value, list):
        raise _unknown()
    return value


def _any_has(records: list[Any], name: str) -> bool:
    return any(isinstance(record, dict) and name in record for record in records)


def _unknown() -> Rejected:
    return Rejected("unknown_trigger")
