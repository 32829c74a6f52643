"""Whoever is told something may answer with as much as they like."""

from __future__ import annotations

from typing import Any

import pytest

from shared.clock import SystemClock
from shared.deadline import Deadline
from shared.notifications import heartbeat
from shared.notifications.notification import Notification
from shared.notifications.webhook import WebhookNotifier
from shared.secret import Secret
from shared.tencent.http import Answer, Call, Http, Limits

SECRET = "whsec_a2V5IG9mIDI0IGJ5dGVzLCBleGFjdGx5"


class Asked(Http):
    """A receiver; it keeps the limits of the calls that it gets."""

    def __init__(self) -> None:
        self.limits: list[Limits] = []

    def send(self, call: Call, limits: Limits) -> Answer:  # noqa: ARG002 - as the original
        """Take anything."""
        self.limits.append(limits)
        return Answer(200, {}, b"")


@pytest.mark.parametrize("told", ["notification", "heartbeat"])
def test_of_a_receivers_answer_64_kib_are_read(told: str) -> None:
    """And ten seconds are waited in all, whatever time is left."""
    asked, clock = Asked(), SystemClock()
    deadline = Deadline(clock, clock.now() + 900)
    if told == "notification":
        event = Notification("imaccess.user.created", "0" * 64, "2026-01-02T03:04:05Z", dict[str, Any]())
        WebhookNotifier(asked, "https://hr.example.com/", Secret(SECRET)).send("create_user", event, deadline)
    else:
        heartbeat.beat(asked, "https://monitor.example.com/", deadline)
    (limits,) = asked.limits
    assert limits.size <= 65_536
    assert limits.total <= 10.0
