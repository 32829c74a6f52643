"""Faults on demand: what the client sees, and what the cloud committed."""

import re
import threading
import time

import pytest
import requests

from local.cloud import LocalCloud
from local.faults import Fault
from local.journal import Call
from tests.unit.local.helpers import Api, Bucket, cos_refused, error_code, refused
from tests.unit.local.helpers import tc3 as call


@pytest.mark.parametrize(
    ("fault", "code", "committed"),
    [
        (Fault.DROP_BEFORE, "ClientNetworkError", False),
        (Fault.DROP_AFTER, "ClientNetworkError", True),
        (Fault.ERROR_BEFORE, "ServerNetworkError", False),
        (Fault.ERROR_AFTER, "ServerNetworkError", True),
        (Fault.THROTTLE, "RequestLimitExceeded", False),
        (Fault.INTERNAL_BEFORE, "InternalError", False),
        (Fault.INTERNAL_AFTER, "InternalError", True),
    ],
)
def test_cam(cloud: LocalCloud, api: Api, fault: Fault, code: str, committed: bool) -> None:
    """The SDK sees a failure, and the user exists or not; the next call is undisturbed."""
    rule = cloud.faults.on("AddUser", do=fault)
    expected = pytest.raises(Exception, match=r"SDK|HTTP|closed|Disconnected|Limit|Error|Remote")
    with expected as caught:
        api("AddUser", Name="alice")
    assert getattr(caught.value, "code", "") in (code, None, "")
    assert ("alice" in cloud.cam.users) is committed
    assert rule.fired == 1
    assert cloud.journal[0].fault == fault.name
    api("AddUser", Name="bob")


@pytest.mark.parametrize(
    ("fault", "status", "code", "committed"),
    [
        (Fault.THROTTLE, 503, "SlowDown", False),
        (Fault.INTERNAL_BEFORE, 500, "InternalError", False),
        (Fault.INTERNAL_AFTER, 500, "InternalError", True),
        (Fault.ERROR_BEFORE, 500, "Unknown", False),
        (Fault.ERROR_AFTER, 500, "Unknown", True),
    ],
)
def test_cos(cloud: LocalCloud, fault: Fault, status: int, code: str, committed: bool) -> None:
    """COS fails in XML, a gateway before it in HTML."""
    cloud.faults.on("PutObject", do=fault)
    with cos_refused(status, code):
        Bucket(cloud, cloud.root).put("a")
    assert ("a" in cloud.cos.objects) is committed


@pytest.mark.parametrize("fault", [Fault.DROP_BEFORE, Fault.DROP_AFTER])
def test_dropped_connection(cloud: LocalCloud, fault: Fault) -> None:
    """A dropped connection has no answer at all, and status 0 in the journal."""
    cloud.faults.on(service="cos", do=fault)
    with pytest.raises(requests.ConnectionError):
        requests.get(cloud.cos_url, timeout=30)
    assert cloud.journal[0].status == 0


def test_chosen_code(cloud: LocalCloud, api: Api) -> None:
    """Any error code can be answered, for COS under any status."""
    cloud.faults.on("AddUser", do=Fault.CODE, code="FailedOperation.ForbidAdd")
    with refused("FailedOperation.ForbidAdd"):
        api("AddUser", Name="alice")
    cloud.faults.on("PutObject", do=Fault.CODE, code="AttachmentFull", status=400)
    with cos_refused(400, "AttachmentFull"):
        Bucket(cloud, cloud.root).put("a")
    assert not cloud.cam.users
    assert not cloud.cos.objects


def test_malformed(cloud: LocalCloud) -> None:
    """Half of the answer arrives under status 200, after the commit."""
    cloud.faults.on("AddUser", do=Fault.MALFORMED)
    with pytest.raises(requests.exceptions.JSONDecodeError):
        call(cloud, "AddUser", {"Name": "alice"})
    assert "alice" in cloud.cam.users


def test_redirect(cloud: LocalCloud) -> None:
    """A gateway may answer with any status, such as the 301 that the COS SDK takes for success."""
    cloud.faults.on("PutObject", do=Fault.ERROR_BEFORE, status=301)
    assert "ETag" not in Bucket(cloud, cloud.root).put("a")


def test_delays(cloud: LocalCloud) -> None:
    """A delay is before or after the commit: a client that gives up finds the user, or not yet."""
    cloud.faults.on("AddUser", target="early", do=Fault.DELAY_BEFORE, seconds=0.2)
    cloud.faults.on("AddUser", target="late", do=Fault.DELAY_AFTER, seconds=0.2)
    threads = [threading.Thread(target=call, args=(cloud, "AddUser", {"Name": name})) for name in ("early", "late")]
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + 5
    while "late" not in cloud.cam.users and time.monotonic() < deadline:
        time.sleep(0.005)
    assert set(cloud.cam.users) == {"late"}
    for thread in threads:
        thread.join()
    assert set(cloud.cam.users) == {"early", "late"}


def test_callbacks(cloud: LocalCloud, api: Api) -> None:
    """A callback runs before or after the commit, in a thread of its own, with the call."""
    seen: list[tuple[str, bool]] = []

    def look(received: Call) -> None:
        seen.append((received.target, received.target in cloud.cam.users))

    cloud.faults.on("AddUser", nth=1, do=Fault.CALL_BEFORE, callback=look)
    cloud.faults.on("AddUser", nth=2, do=Fault.CALL_AFTER, callback=look)
    api("AddUser", Name="a")
    api("AddUser", Name="b")
    assert seen == [("a", False), ("b", True)]


def test_nth_and_times(cloud: LocalCloud) -> None:
    """The second and third matching calls fail, the others do not."""
    cloud.faults.on("GetUserAppId", nth=2, times=2, do=Fault.THROTTLE)
    codes = [error_code(call(cloud, "GetUserAppId", {})) for _ in range(4)]
    assert codes == ["", "RequestLimitExceeded", "RequestLimitExceeded", ""]


def test_every_call(cloud: LocalCloud) -> None:
    """With nth=None every matching call fails, until the plan is dropped, or so many times."""
    cloud.faults.on(service="cam", nth=None, do=Fault.THROTTLE)
    assert {error_code(call(cloud, "GetUserAppId", {})) for _ in range(5)} == {"RequestLimitExceeded"}
    cloud.faults.clear()
    cloud.faults.on("GetUserAppId", nth=None, times=1, do=Fault.THROTTLE)
    assert [bool(error_code(call(cloud, "GetUserAppId", {}))) for _ in range(2)] == [True, False]


def test_by_number(cloud: LocalCloud, api: Api) -> None:
    """A fault can strike the third call from now, whatever it is."""
    api("AddUser", Name="a")
    cloud.faults.on(call=3, do=Fault.THROTTLE)
    Bucket(cloud, cloud.root).put("a")
    api("AddUser", Name="b")
    with refused("RequestLimitExceeded"):
        api("AddUser", Name="c")
    api("AddUser", Name="c")


def test_by_target(cloud: LocalCloud, api: Api) -> None:
    """The target is a part of the name or a pattern."""
    cloud.faults.on(target="lic", do=Fault.THROTTLE)
    cloud.faults.on(target=re.compile("^b.b$"), do=Fault.THROTTLE)
    api("AddUser", Name="carol")
    for name in ("alice", "bob"):
        with refused("RequestLimitExceeded"):
            api("AddUser", Name=name)


def test_storm(cloud: LocalCloud) -> None:
    """A storm throttles its share of CAM's calls, repeatably, until its window has passed; COS is spared."""
    cloud.faults.storm(share=0.5, seconds=10, seed=3)
    hit = [bool(error_code(call(cloud, "GetUserAppId", {}))) for _ in range(40)]
    assert 10 < sum(hit) < 30
    assert cloud.journal.calls(code="RequestLimitExceeded")[0].fault == "THROTTLE"
    cloud.clock.advance(11)
    assert not any(error_code(call(cloud, "GetUserAppId", {})) for _ in range(10))


def test_reset(cloud: LocalCloud, api: Api) -> None:
    """A reset forgets faults, calls, users, objects and settings; credentials stay good."""
    api("AddUser", Name="alice")
    Bucket(cloud, cloud.root).put("a")
    cloud.faults.on(nth=None, do=Fault.DROP_BEFORE)
    cloud.cam.strict_detach, cloud.cos.versioning, cloud.latency = True, "Enabled", {"cam": 9.0}
    cloud.reset()
    assert [len(one) for one in (cloud.journal, cloud.cam.users, cloud.cos.objects)] == [0, 0, 0]
    assert (cloud.cam.strict_detach, cloud.cos.versioning, cloud.latency["cam"]) == (False, "", 0.0)
    api("AddUser", Name="alice")


def test_journal(cloud: LocalCloud, api: Api) -> None:
    """Every request is noted in order, refused ones too, with whose it was and what came of it."""
    uin = api.uin("alice")
    with refused("ResourceNotFound.UserNotExist"):
        api("GetUser", Name="bob")
    api("AttachUserPolicy", PolicyId=1, AttachUin=uin)
    Bucket(cloud, cloud.root).put("k")
    call(cloud, "ListUsers", {}, type(cloud.root)("AKIDnobody", "x"))
    assert [(one.n, one.service, one.action, one.target, one.code, one.principal) for one in cloud.journal] == [
        (1, "cam", "AddUser", "alice", "", "root"),
        (2, "cam", "GetUser", "bob", "ResourceNotFound.UserNotExist", "root"),
        (3, "cam", "AttachUserPolicy", str(uin), "", "root"),
        (4, "cos", "PutObject", "k", "", "root"),
        (5, "cam", "ListUsers", "", "AuthFailure.SecretIdNotFound", ""),
    ]
    assert [one.key for one in cloud.journal.calls(service="cos")] == ["k"]
    assert cloud.journal.actions("cam") == ["AddUser", "GetUser", "AttachUserPolicy", "ListUsers"]
    assert [one.n for one in cloud.journal[1:3]] == [2, 3]
    cloud.journal.clear()
    assert len(cloud.journal) == 0
