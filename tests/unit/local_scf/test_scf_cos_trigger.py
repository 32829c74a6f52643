"""The COS trigger: what is stored below a prefix reaches the function bound to it, and is tried again as documented."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from qcloud_cos import CosConfig, CosS3Client

from local.faults import Fault
from local.scf.cos_trigger import RetrySettings
from local.stack import LocalStack
from tests.unit.local_scf.helpers import wait_until

NOTE = """
import json, pathlib
def main_handler(event, context):
    key = event["Records"][0]["cos"]["cosObject"]["key"]
    tries = pathlib.Path("tries" + key.replace("/", "_"))
    tries.write_text(tries.read_text() + "x" if tries.exists() else "x")
    if "bad" in key or ("twice" in key and len(tries.read_text()) < 3):
        raise ValueError(key)
    return event
"""
Given = list[str]


@pytest.fixture(scope="module")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A function that is bound to a prefix and fails by the key's name, and one that is not bound."""
    root = tmp_path_factory.mktemp("functions")
    for name in ("hr_events", "other"):
        (root / f"{name}.py").write_text(NOTE)
    return root


@pytest.fixture(scope="module")
def warned() -> Given:
    """What the local cloud warned of."""
    return []


@pytest.fixture(scope="module")
def shared(functions: Path, warned: Given) -> Iterator[LocalStack]:
    """A running local cloud with those functions; its retries come at once."""
    retry = RetrySettings(interval=0.01)
    with LocalStack(0, functions, cos_triggers={"hr_events": "inbox/"}, retry=retry, warn=warned.append) as running:
        yield running


@pytest.fixture
def stack(shared: LocalStack, warned: Given) -> LocalStack:
    """The same, without anything that an earlier test did."""
    shared.cloud.faults.clear()
    shared.cos_triggers["hr_events"].history.clear()
    warned.clear()
    return shared


@pytest.fixture
def put(stack: LocalStack, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Store an object through the official SDK, and wait until its event is delivered or dropped."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    root = stack.cloud.root
    config = CosConfig(
        Region=stack.cloud.region,
        SecretId=root.secret_id,
        SecretKey=root.secret_key,
        Scheme="http",
        Domain=stack.cloud.cos_url.removeprefix("http://"),
    )
    client = CosS3Client(config, retry=0)

    def store(key: str) -> None:
        client.put_object(Bucket=stack.cloud.bucket, Key=key, Body=b"hello", ContentType="text/plain")
        assert stack.cos_triggers["hr_events"].settle(20)

    return store


def attempts(stack: LocalStack) -> list[tuple[int, bool, bool]]:
    """Each attempt since the test began: its number, whether the function ran, whether it counts as delivered."""
    return [(one.number, one.result is not None, one.ok) for one in stack.cos_triggers["hr_events"].history]


def test_the_documented_event(stack: LocalStack, put: Callable[[str], None]) -> None:
    """The event names bucket, key, size and time as documented, and holds the request's Authorization header."""
    put("inbox/a b.json")
    (one,) = stack.cos_triggers["hr_events"].history
    assert one.result
    assert one.result.value == stack.cloud.cos_event("inbox/a b.json")
    record = one.result.value["Records"][0]
    told = record["event"]["requestParameters"].pop("requestHeaders")
    stored = stack.cloud.cos.objects["inbox/a b.json"]
    appid, host = stack.cloud.appid, f"{stack.cloud.bucket}.cos.{stack.cloud.region}.myqcloud.com"
    assert record["cos"] == {
        "cosSchemaVersion": "1.0",
        "cosObject": {
            "url": f"http://{host}/inbox/a b.json",
            "meta": {},
            "vid": "",
            "key": f"/{appid}/im-access/inbox/a b.json",
            "size": 5,
        },
        "cosBucket": {"region": "gz", "name": "im-access", "appid": appid},
        "cosNotificationId": "unkown",
    }
    assert record["event"] == {
        "eventName": "cos:ObjectCreated:*",
        "eventVersion": "1.0",
        "eventTime": int(stored.last_modified),
        "eventSource": "qcs::cos",
        "requestParameters": {"requestSourceIP": "127.0.0.1"},
        "reqid": 0,
    }
    assert "q-signature" in told["Authorization"]


def test_only_what_is_below_the_prefix(stack: LocalStack, put: Callable[[str], None]) -> None:
    """Other keys reach nobody, and a function that is not bound gets nothing at all."""
    put("outbox/a")
    put("inbox")
    assert attempts(stack) == []
    put("inbox/")
    assert attempts(stack) == [(1, True, True)]
    assert list(stack.cos_triggers) == ["hr_events"]


def test_what_was_not_stored_is_no_event(stack: LocalStack, put: Callable[[str], None]) -> None:
    """A PUT that is refused or lost before it was done has no event; one whose answer is lost has one."""
    stack.cloud.faults.on("PutObject", do=Fault.DROP_BEFORE)
    with pytest.raises(Exception, match=r"Remote|closed|abort"):
        put("inbox/lost")
    assert attempts(stack) == []
    stack.cloud.faults.on("PutObject", do=Fault.DROP_AFTER)
    with pytest.raises(Exception, match=r"Remote|closed|abort"):
        put("inbox/done")
    assert stack.cos_triggers["hr_events"].settle(20)
    assert attempts(stack) == [(1, True, True)]


def test_a_failure_is_tried_again_twice(stack: LocalStack, put: Callable[[str], None], warned: Given) -> None:
    """A function that raises is tried three times in all; an event that never succeeds is dropped, aloud."""
    put("inbox/twice")
    assert attempts(stack) == [(1, True, False), (2, True, False), (3, True, True)]
    assert warned == []
    put("inbox/bad")
    assert attempts(stack)[3:] == [(1, True, False), (2, True, False), (3, True, False)]
    assert warned == ["cos: hr_events failed 3 times; DROPPED the event of inbox/bad"]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault.DROP_BEFORE, [(1, False, False), (2, True, True)]),
        (Fault.CODE, [(1, False, False), (2, True, True)]),
        (Fault.DROP_AFTER, [(1, True, False), (2, True, True)]),
        (Fault.INTERNAL_AFTER, [(1, True, False), (2, True, True)]),
        (Fault.DELAY_BEFORE, [(1, True, True)]),
    ],
)
def test_an_attempt_fails_on_demand(
    stack: LocalStack, put: Callable[[str], None], fault: Fault, expected: list[tuple[int, bool, bool]]
) -> None:
    """A fault before the function keeps it from running, one after it makes the platform try once more."""
    rule = stack.cloud.faults.on("ObjectCreated", service="scf", target="inbox/x", do=fault, seconds=0.01)
    put("inbox/x")
    assert attempts(stack) == expected
    assert rule.fired == 1


def test_throttling_uses_up_no_retry(stack: LocalStack, put: Callable[[str], None], warned: Given) -> None:
    """A function that is throttled is tried until it gets through, however often."""
    stack.cloud.faults.on("ObjectCreated", nth=None, times=6, do=Fault.THROTTLE)
    put("inbox/x")
    assert attempts(stack)[-1] == (7, True, True)
    assert warned == []


def test_an_event_can_be_lost(stack: LocalStack, put: Callable[[str], None], warned: Given) -> None:
    """With every attempt failed before the function, the event is lost, and the object is still there."""
    stack.cloud.faults.on("ObjectCreated", nth=None, do=Fault.DROP_BEFORE)
    put("inbox/x")
    assert attempts(stack) == [(1, False, False), (2, False, False), (3, False, False)]
    assert len(warned) == 1
    assert "inbox/x" in stack.cloud.cos.objects


@pytest.mark.parametrize("fault", [Fault.CALL_BEFORE, Fault.CALL_AFTER])
def test_a_callback_sees_the_delivery(stack: LocalStack, put: Callable[[str], None], fault: Fault) -> None:
    """A callback is told of the delivery, which the journal has as well."""
    seen: list[Any] = []
    stack.cloud.faults.on("ObjectCreated", do=fault, callback=seen.append)
    put("inbox/called")
    assert [(call.service, call.action, call.target) for call in seen] == [("scf", "ObjectCreated", "inbox/called")]
    assert stack.cloud.journal.calls("ObjectCreated", "scf", "inbox/called")


def test_the_journal_has_every_attempt(stack: LocalStack, put: Callable[[str], None]) -> None:
    """An attempt is a call in the journal, with the function's status, and a code where the event was not delivered."""
    stack.cloud.faults.on("ObjectCreated", do=Fault.DROP_BEFORE)
    stack.cloud.faults.on("ObjectCreated", nth=2, do=Fault.DROP_AFTER)
    put("inbox/noted")
    calls = stack.cloud.journal.calls("ObjectCreated", "scf", "inbox/noted")
    assert [(call.status, call.code, call.fault) for call in calls] == [
        (0, "NotDelivered", "DROP_BEFORE"),
        (200, "NotDelivered", "DROP_AFTER"),
        (200, "", ""),
    ]


def test_a_callback_that_raises_is_told(stack: LocalStack, put: Callable[[str], None], warned: Given) -> None:
    """What breaks inside the trigger is warned of, and nobody waits for the event any more."""
    stack.cloud.faults.on("ObjectCreated", do=Fault.CALL_BEFORE, callback=lambda _: 1 / 0)
    put("inbox/x")
    assert warned == ["cos: delivering inbox/x to hr_events broke off: ZeroDivisionError('division by zero')"]


def test_a_slow_delivery_holds_nobody_up(stack: LocalStack) -> None:
    """While one event is held up, another is delivered; settling waits for both."""
    trigger, release = stack.cos_triggers["hr_events"], threading.Event()
    stack.cloud.faults.on(
        "ObjectCreated", target="inbox/slow", do=Fault.CALL_BEFORE, callback=lambda _: release.wait(20)
    )
    stack.cloud.cos.put("inbox/slow", b"", {}, create_only=False)
    stack.cloud.cos.put("inbox/fast", b"", {}, create_only=False)
    wait_until(lambda: [one.key for one in trigger.history] == ["inbox/fast"])
    assert not trigger.settle(0)
    release.set()
    stack.settle()
    assert [one.key for one in trigger.history] == ["inbox/fast", "inbox/slow"]


def test_after_a_stop_nothing_is_delivered(functions: Path) -> None:
    """A stopped local cloud delivers no event, and whoever waits for one is told after the time is over."""
    with LocalStack(0, functions, retry=RetrySettings(interval=60)) as stack:
        trigger = stack.cos_triggers["hr_events"]
        stack.cloud.cos.put("inbox/bad", b"", {}, create_only=False)
        assert not trigger.settle(0.01)
    stack.cloud.cos.put("inbox/late", b"", {}, create_only=False)
    assert "inbox/late" not in [one.key for one in trigger.history]


def test_nobody_is_bound_without_being_named(functions: Path) -> None:
    """Without a binding there is no trigger, and a PUT has no event."""
    with LocalStack(0, functions, cos_triggers={}) as stack:
        stack.cloud.cos.put("inbox/a", b"", {}, create_only=False)
        assert stack.cos_triggers == {}
        assert json.dumps(stack.cloud.journal.actions("scf")) == "[]"
