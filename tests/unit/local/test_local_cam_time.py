"""What depends on time: read-after-write lag and request rates."""

from local.clock import Clock, FrozenClock, china_time
from local.cloud import LocalCloud
from local.table import Table
from tests.unit.local.helpers import Api, error_code, refused
from tests.unit.local.helpers import tc3 as call


def test_reads_lag(cloud: LocalCloud, api: Api) -> None:
    """With a lag, reads miss what was just written and writes do not."""
    cloud.cam.lag = 5.0
    uin = api.uin("alice")
    with refused("ResourceNotFound.UserNotExist"):
        api("GetUser", Name="alice")
    with refused("InvalidParameter.SubUserNameInUse"):
        api("AddUser", Name="alice")
    assert api.items("ListUsers", "Data") == []
    api("AttachUserPolicy", PolicyId=1, AttachUin=uin)
    assert api("ListAttachedUserPolicies", TargetUin=uin)["TotalNum"] == 0
    cloud.clock.advance(6)
    assert api("GetUser", Name="alice")["Uin"] == uin
    assert api("ListAttachedUserPolicies", TargetUin=uin)["TotalNum"] == 1
    api("DetachUserPolicy", PolicyId=1, DetachUin=uin)
    api("UpdateUser", Name="alice", Remark="new")
    assert api("ListAttachedUserPolicies", TargetUin=uin)["TotalNum"] == 1
    assert api("GetUser", Name="alice")["Remark"] == ""


def test_attach_may_lag_too(cloud: LocalCloud, api: Api) -> None:
    """On demand, attaching to a user just created says that there is no such user."""
    cloud.cam.lag, cloud.cam.lag_on_attach = 5.0, True
    uin = api.uin("alice")
    with refused("ResourceNotFound.UserNotExist"):
        api("AttachUserPolicy", PolicyId=1, AttachUin=uin)
    cloud.clock.advance(6)
    api("AttachUserPolicy", PolicyId=1, AttachUin=uin)


def test_table_remembers_an_hour() -> None:
    """A table shows its past, deletions included, and forgets what no lag reaches."""
    clock = FrozenClock(1000.0)
    table: Table[str, int] = Table(clock)
    for value in (1, 2):
        table["a"] = value
        clock.advance(10)
    del table["a"]
    assert [dict(table.lagging(lag)) for lag in (0, 5, 15, 25)] == [{}, {"a": 2}, {"a": 1}, {}]
    clock.advance(4000)
    table["a"] = 3
    assert [dict(table.lagging(lag)) for lag in (0, 5, 4015)] == [{"a": 3}, {}, {}]


def test_rates(cloud: LocalCloud) -> None:
    """Enforced, each action has its documented requests per second, and is free again a second later."""
    clock = FrozenClock(Clock().now())
    cloud.cam.clock = clock
    cloud.cam.enforce_rates = True

    def codes(action: str, count: int) -> list[str]:
        return [error_code(call(cloud, action, {})) for _ in range(count)]

    assert codes("ListUsers", 22) == [""] * 20 + ["RequestLimitExceeded"] * 2
    assert codes("CreateAccessKey", 6)[5] == "RequestLimitExceeded"
    clock.advance(0.5)
    assert codes("ListUsers", 1) == ["RequestLimitExceeded"]
    clock.advance(0.6)
    assert codes("ListUsers", 1) == [""]


def test_times_are_chinese() -> None:
    """CAM writes times without zone, and means China's."""
    assert china_time(0) == "1970-01-01 08:00:00"
