"""The way in: which trigger an event is of. Only that trigger's module is loaded, which keeps the cold start short.

Unknown shapes are refused, never guessed: timer, COS and other triggers are none of ours.
"""

from __future__ import annotations

from typing import Any

from shared.entrypoints.door import Door
from shared.errors import Rejected


def handle(event: Any, context: Any, door: Door) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """What the function answers to an event: an HTTP answer, or the counters of a queue's batch.

    HTTP never raises, nor does what is no event of a queue or timer at all: it is answered as a problem. Queues raise
    Misconfigured, Redeliver, and Rejected `unknown_trigger` for the records of other triggers.
    """
    if isinstance(event, dict):
        if "EventList" in event or "specversion" in event or event.get("type") == "connector:tdmq":
            return _from_bus(event, door)
        if "Records" in event:
            return _from_queue(event["Records"], door)
        if event.get("Type") == "Timer":
            raise _unknown()
        return _from_http(event, context, door)
    return _from_http({}, context, door)


def _from_http(event: dict[str, Any], context: Any, door: Door) -> dict[str, Any]:  # noqa: ANN401
    from shared.entrypoints import api as http
    from shared.event_sources import http_request as http_event

    given = context.get("request_id") if isinstance(context, dict) else None
    fallback_id = given if isinstance(given, str) else ""
    if http_event.method(event) is None:
        return http.refuse(_unknown(), door, fallback_id)
    return http.handle(event, door, fallback_id)


def _from_bus(event: dict[str, Any], door: Door) -> dict[str, Any]:
    from shared.event_sources import eventbridge

    events = event.get("EventList", [event])
    if not isinstance(events, list):
        raise _unknown()
    return eventbridge.handle(events, door)


def _from_queue(records: Any, door: Door) -> dict[str, Any]:  # noqa: ANN401 - JSON
    if not isinstance(records, list):
        raise _unknown()
    if not records or _any_has(records, "Ckafka"):
        from shared.event_sources import ckafka

        return ckafka.handle(records, door)
    if _any_has(records, "CMQ"):
        from shared.event_sources import cmq

        return cmq.handle(records, door)
    raise _unknown()


def _any_has(records: list[Any], name: str) -> bool:
    return any(isinstance(record, dict) and name in record for record in records)


def _unknown() -> Rejected:
    return Rejected("unknown_trigger")
