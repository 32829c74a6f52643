"""The common form of a person event: the whole person, in a CloudEvents envelope of type `imaccess.person.changed`.

    {"specversion": "1.0", "type": "imaccess.person.changed", "source": "/hr", "id": "42",
     "time": "2026-01-02T03:04:05Z", "data": {"employee": "10023", "status": "active", ...}}

Over HTTP it is signed as a Standard Webhook; on a queue it is a message like any other.
"""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import Rejected
from shared.event_sources.cloudevents import PERSON_CHANGED, Envelope
from shared.event_sources.hr.received import HrEvent, Incoming, Received, digest, json_reply
from shared.event_sources.standard_webhooks import signer
from shared.event_sources.strict_json import parse_object
from shared.request_identity import request_id
from shared.secret import Secret

SOURCE = "person"


class CommonForm:
    """The callers' secrets, by name. `function`: the function whose name is part of the request ids."""

    def __init__(self, secrets: Sequence[tuple[str, Secret]], function: str) -> None:
        self._secrets = tuple(secrets)
        self._function = function

    def receive(self, incoming: Incoming) -> Received:
        """Verify and read a request. Raises Rejected: `unauthorized`, or the error of the envelope."""
        signer(incoming.body, incoming.headers, self._secrets, incoming.now)
        if any(name.startswith("ce-") for name in incoming.headers):
            raise Rejected("unsigned_event")
        envelope = Envelope(parse_object(incoming.body))
        if envelope.type != PERSON_CHANGED:
            raise Rejected("wrong_type")
        event = of_envelope(envelope, incoming.now)
        answer = {"request_id": request_id(self._function, envelope.identity), "status": "accepted"}
        return Received(json_reply(answer), event)


def of_envelope(envelope: Envelope, now: float) -> HrEvent:
    """The event in such an envelope. Raises Rejected `invalid_event`, `invalid_time`, `malformed_json`."""
    _, source, identity = envelope.identity
    data: object = envelope.data()
    at = envelope.time(now)
    members = {"source": source, "id": identity, "person": data}
    return HrEvent(SOURCE, digest(source, identity), PERSON_CHANGED, at, members)
