"""The built-in receiver of notifications keeps what was signed with its secret, and nothing else."""

import json
import urllib.request
from collections.abc import Iterator

import pytest

from local.function_settings import webhook_secret
from local.receiver import Receiver
from local.scf.client import post, sign

EVENT = {"type": "imaccess.user.created", "data": {"user": {"name": "alice 你好"}}}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A running receiver."""
    running = Receiver(webhook_secret())
    running.start()
    yield running
    running.stop()


def test_a_signed_notification_is_taken_and_shown(receiver: Receiver) -> None:
    """A valid signature is answered 204; the event is found by user and type, and shown as JSON."""
    body = json.dumps(EVENT).encode()
    assert post(receiver.url, body, sign(receiver.secret, body)).status == 204
    assert receiver.of("alice 你好", "imaccess.user.created") == [EVENT]
    with urllib.request.urlopen(receiver.url) as answer:  # noqa: S310 - our own receiver
        assert json.load(answer) == [EVENT]
    assert receiver.refused == 0


@pytest.mark.parametrize("headers", ["none", "another secret", "another body", "too old"])
def test_anything_else_is_refused(receiver: Receiver, headers: str) -> None:
    """Without a signature, by another secret, for another body, and too late the answer is 401."""
    body = json.dumps(EVENT).encode()
    signed = {
        "none": {},
        "another secret": sign(webhook_secret(), body),
        "another body": sign(receiver.secret, body + b" "),
        "too old": sign(receiver.secret, body, at=1_700_000_000),
    }
    assert post(receiver.url, body, signed[headers]).status == 401
    assert (receiver.events, receiver.refused) == ([], 1)


def test_without_a_start_there_is_no_url() -> None:
    """A receiver has a URL from its start to its stop; stopping twice is no mistake."""
    receiver = Receiver(webhook_secret())
    receiver.stop()
    with pytest.raises(RuntimeError):
        assert receiver.url
