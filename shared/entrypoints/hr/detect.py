"""The function of HR systems: detects the trigger of an event. An event is verified and stored first, and processed in
an invocation of its own.

HTTP                   verified, stored in the inbox, answered as the HR system expects a queue
`imaccess.person.changed`: stored in the inbox, counted an object in the inbox processed; after an error it comes twice
more, then the sweep processes it
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.errors import ImAccessError, Rejected
from shared.event_sources import cos_trigger, http_request

if TYPE_CHECKING:
    from shared.bootstrap.container import Container


def handle(event: Any, context: Any, container: Container) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """An HTTP answer, or counters. Never raises for HTTP. For a queue raises Misconfigured and Redeliver; for a stored
    object the error of its processing; for another trigger Rejected `unknown_trigger`.
    """
    given = context.get("request_id") if isinstance(context, dict) else None
    fallback_id = given if isinstance(given, str) else ""
    if isinstance(event, dict):
        keys = cos_trigger.keys(event)
        if keys is not None:
            from shared.entrypoints.hr import inbox_trigger

            return inbox_trigger.handle(keys, container)
        from shared.entrypoints.detect import messages_of

        found = messages_of(event)
        if found is not None:
            from shared.entrypoints.hr import queue

            received, redelivers = found
            return queue.handle(received, container, redelivers=redelivers)
    if not isinstance(event, dict) or http_request.method(event) is None:
        from shared.entrypoints import responses

        error: ImAccessError = Rejected("unknown_trigger")
        container.log("refused", level=error.meaning.level, code=error.code)
        return responses.problem(error, fallback_id)
    from shared.entrypoints.hr import http

    return http.handle(event, container, fallback_id)
