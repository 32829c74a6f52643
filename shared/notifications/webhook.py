"""Sends a notification to the organisation's receiver: as a CloudEvent, signed as a Standard Webhook."""

from __future__ import annotations

import json

from shared.deadline import Deadline
from shared.errors import Unavailable
from shared.event_sources.standard_webhooks import sign
from shared.notifications.notification import Notification
from shared.secret import Secret
from shared.tencent.http import Call, Http, limits

_READ = 65_536
"""The bytes of the answer that are read, so that the connection can be kept; only the status matters."""


class WebhookNotifier:
    """The receiver's URL, and the secret that signs notifications."""

    def __init__(self, http: Http, url: str, secret: Secret) -> None:
        self._http = http
        self._url = url
        self._secret = secret

    def send(self, function: str, notification: Notification, deadline: Deadline) -> None:
        """POST the event. The same `key` gives the same `webhook-id`, so the receiver can recognise a repetition.

        Raises Unavailable for every answer but 2xx, including redirects. The whole call takes at most `http.CALL_TIME`,
        even if the receiver is slow.
        """
        event = {
            "specversion": "1.0",
            "id": notification.key,
            "source": f"im-access/{function}",
            "type": notification.type,
            "time": notification.time,
            "datacontenttype": "application/json",
            "data": notification.data,
        }
        deadline.spend("notify")
        body = json.dumps(event).encode()
        headers = self._headers(f"msg_{notification.key[:32]}", int(deadline.clock.now()), body)
        try:
            answer = self._http.send(Call("Notify", "POST", self._url, headers, body), limits(deadline, size=_READ))
        except Unavailable:
            raise Unavailable("The notification was not taken: no answer", retry_after=5) from None
        if not 200 <= answer.status < 300:
            raise Unavailable(f"The notification was not taken: HTTP {answer.status}", retry_after=5)

    def _headers(self, message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
        return {
            "content-type": "application/cloudevents+json",
            "webhook-id": message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": sign(self._secret, message_id, timestamp, body),
        }
