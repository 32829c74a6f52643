"""HTTP requests of HR systems: each is verified, stored in the inbox and answered. It is processed later.

404: the address names no HR system, or one without its secrets. 405, 413. 401: not verified; nothing is stored. A
verified event that can never be read is answered with 200 and becomes a dead letter, because a repetition would not
help; in the common form it is a 400. After an internal error the answer is a 5xx, so that the HR system sends the event
again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from shared.entrypoints import responses
from shared.entrypoints.hr.sources import Source, find
from shared.errors import ImAccessError, Rejected
from shared.event_sources import http_request
from shared.event_sources.hr.received import MAX_BODY, HrEvent, Incoming, Received, Reply, UnreadableEvent
from shared.hr_settings import HrSettings
from shared.unexpected_errors import EXITS

if TYPE_CHECKING:
    from shared.bootstrap.container import Container


def handle(event: Mapping[str, Any], container: Container, fallback_id: str) -> dict[str, Any]:
    """The answer to an HTTP event. Never raises."""
    visit = _Visit(event, container)
    try:
        reply = visit.run()
        answer = responses.plain(reply.body, reply.content_type)
    except ImAccessError as error:
        answer = visit.failed(error, fallback_id)
    except EXITS:
        raise
    except BaseException as error:  # noqa: BLE001 - the platform would answer with the traceback
        answer = visit.failed(ImAccessError("internal_error"), fallback_id, exception=type(error).__name__)
    container.log("received", status=answer["statusCode"], **visit.values)
    return answer


class _Visit:
    """One request; `values` becomes its log line."""

    def __init__(self, event: Mapping[str, Any], container: Container) -> None:
        self._event = event
        self._container = container
        self._source: Source | None = None
        self.values: dict[str, Any] = {}

    def run(self) -> Reply:
        request = http_request.read(self._event)
        self._source = source = find(http_request.last_segment(self._event), self._container)
        self.values["source"] = source.name
        if request.method not in source.methods:
            raise Rejected("method_not_allowed")
        if request.body is not None and len(request.body) > MAX_BODY:
            raise Rejected("body_too_large", "The body is larger than 256 KiB")
        if request.body is None:
            raise Rejected("unauthorized")
        query = http_request.query(self._event)
        incoming = Incoming(request.method, request.headers, query, request.body, self._container.clock.now())
        if request.method == "GET":
            return source.check(incoming)
        return self._taken(source.receive(incoming))

    def failed(self, error: ImAccessError, fallback_id: str, **values: str) -> dict[str, Any]:
        self.values |= {"level": error.meaning.level, "code": error.code, "detail": error.detail, **values}
        methods = ", ".join(self._source.methods) if self._source else "POST"
        return responses.problem(error, fallback_id, methods=methods)

    def _taken(self, received: Received) -> Reply:
        """Store what was received and return the answer. Raises Unavailable, CloudError, Misconfigured."""
        if received.event:
            self._store(received.event)
        elif received.unreadable:
            self._park(received.unreadable)
        else:
            self.values["outcome"] = "ignored"
        return received.reply

    def _store(self, event: HrEvent) -> None:
        from shared.people.inbox import Inbox, Item

        container = self._container
        if event.source == "person":
            from shared.people.person import Person

            Person.parse(event.data["person"])
        item = Item(event, container.clock.now(), HrSettings(container.env).looks_up(event.source))
        stored = Inbox(container.store(container.deadline())).put(item)
        self.values |= {"event_id": event.id, "kind": event.kind, "outcome": "stored" if stored else "repeated"}

    def _park(self, found: UnreadableEvent) -> None:
        from shared.event_sources.dead_letters import DeadLetter

        container, origin = self._container, self.values["source"]
        about = (container.function, ("hr", origin, found.id), found.code, found.reason, False, found.text)
        container.park(DeadLetter(*about, container.clock.now(), f"hr:{origin}"))
        self.values |= {"level": "warning", "outcome": "parked", "code": found.code}
