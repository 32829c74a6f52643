"""The emulator itself: it verifies, so that what passes it is signed as the documentation says; and it stands alone."""

from __future__ import annotations

import ast
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.witness.account import OWNER, READ
from tests.witness.client import call, fetch
from tests.witness.doors import ROLE
from tests.witness.driver import Driver
from tests.witness.faults import Fault, Plan
from tests.witness.options import Options
from tests.witness.signatures import CosRequest, cos, tc3

HERE = Path(__file__).parent
ALONE = sorted(path.name for path in HERE.glob("*.py") if path.stem != "conftest" and path.stem[:5] != "test_")
ALICE = {"user": "alice", "policies": [READ]}


@pytest.mark.parametrize("module", ALONE)
def test_it_stands_alone(module: str) -> None:
    """Emulator, driver and client import the standard library and each other."""
    imported = set()
    for node in ast.walk(ast.parse((HERE / module).read_text())):
        if isinstance(node, ast.Import):
            imported |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom):
            imported.add(node.module or "")
    foreign = {name for name in imported if not name.startswith("tests.witness")}
    assert {name.partition(".")[0] for name in foreign} <= set(sys.stdlib_module_names)


def test_tc3_is_the_documented_one() -> None:
    """The documentation's own example has the documentation's signature."""
    body = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
    signed = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
    signature = tc3("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE", 1551113065, "cvm", signed, body)
    assert signature == "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"


def test_cos_signatures_are_those_of_tencent_s_sdk() -> None:
    """A signed PUT and a presigned GET have the signatures that Tencent's SDK gives them."""
    times, host = ("1700000000;1700000660", "1700000000;1700000660"), "im-1250000000.cos.ap-guangzhou.myqcloud.com"
    put_headers = {"content-type": "application/json", "host": host, "x-cos-forbid-overwrite": "true"}
    put = CosRequest("PUT", "/state/x.json", {}, put_headers)
    params = {"response-content-disposition": "attachment;filename=a.csv", "x-cos-security-token": "TOKEN+/="}
    get = CosRequest("GET", "/credentials/a b.csv", params, {"host": host})
    signed = cos("SECRETEXAMPLE", put, times, ("content-type;host;x-cos-forbid-overwrite", ""))
    linked = cos("SECRETEXAMPLE", get, times, ("host", "response-content-disposition;x-cos-security-token"))
    assert signed == "55c130007cefca015a1658760c49c9a2e211a1cb"
    assert linked == "a1c6418326def2f9bfa9d05aec3e8d4a0aa1aedc"


def test_the_api_refuses_what_is_not_signed_right(driver: Driver) -> None:
    """A wrong key, a stranger, another body, an old timestamp and a missing token are refused, each as documented."""
    api, now = driver.emulator.api, driver.clock.now()
    assert call(api, "GetCallerIdentity", {}, ROLE, now=now)["AccountId"] == OWNER
    assert driver.emulator.account.add("alice").uin == call(api, "GetUser", {"Name": "alice"}, ROLE, now=now)["Uin"]
    wrong = {
        "AuthFailure.SignatureFailure": call(api, "GetCallerIdentity", {}, (ROLE[0], "no", ROLE[2]), now=now),
        "AuthFailure.SecretIdNotFound": call(api, "GetCallerIdentity", {}, ("no", *ROLE[1:]), now=now),
        "AuthFailure.SignatureExpire": call(api, "GetCallerIdentity", {}, ROLE, now=now - 400),
        "AuthFailure.TokenFailure": call(api, "GetCallerIdentity", {}, (*ROLE[:2], ""), now=now),
    }
    assert {code: answer["Error"]["Code"] for code, answer in wrong.items()} == {code: code for code in wrong}
    tampered = call(api, "GetCallerIdentity", {}, ROLE, now=now, tampered=True)
    assert tampered["Error"]["Code"] == "AuthFailure.SignatureFailure"


def test_the_store_refuses_what_is_not_signed_right(driver: Driver) -> None:
    """Functions with a wrong key, and somebody without any, get nothing and leave nothing."""
    driver.env["TENCENTCLOUD_SECRETKEY"] = "no"
    answer = driver.run("create_user", driver.http(ALICE, "1"))
    assert (answer.status, answer.body["code"]) == (502, "cloud_error")
    assert "SignatureDoesNotMatch" in answer.body["detail"]
    driver.env |= {"TENCENTCLOUD_SECRETKEY": ROLE[1], "TENCENTCLOUD_SESSIONTOKEN": "no"}
    assert "AccessDenied" in driver.run("create_user", driver.http(ALICE, "1")).body["detail"]
    assert fetch(f"{driver.emulator.cos}/credentials/x.csv").status == 403
    assert not driver.emulator.bucket.written


def test_an_unsigned_message_is_refused(driver: Driver) -> None:
    """The webhook's signature is made here, and the functions do refuse another one."""
    event = driver.http(ALICE, "1")
    event["headers"] |= {"webhook-timestamp": str(int(driver.clock.now())), "webhook-signature": "v1,bm8="}
    assert driver.run("create_user", event).status == 401
    assert driver.emulator.journal.calls == []


def test_reads_lag_as_told(driver: Driver) -> None:
    """A write is shown after so many further calls, or after five seconds."""
    api, names = driver.emulator.api, {"Name": "alice"}

    def found() -> bool:
        return "Uin" in call(api, "GetUser", names, ROLE, now=driver.clock.now())

    driver.emulator.reset(replace(Options(), lag=2))
    call(api, "AddUser", names, ROLE, now=driver.clock.now())
    assert [found() for _ in range(3)] == [False, False, True]
    driver.emulator.reset(replace(Options(), lag=100))
    call(api, "AddUser", names, ROLE, now=driver.clock.now())
    assert not found()
    driver.clock.advance(6)
    assert found()


@pytest.mark.parametrize("fault", Fault)
def test_a_planned_fault_comes_once(driver: Driver, fault: Fault) -> None:
    """Each fault strikes the call that it was planned for, and has or prevents the effect as it says."""
    driver.emulator.plan(Plan(fault, action="AddUser"))
    try:
        call(driver.emulator.api, "AddUser", {"Name": "alice"}, ROLE, now=driver.clock.now())
    except (ConnectionError, ValueError):
        assert fault is not Fault.THROTTLE
    assert ("alice" in driver.emulator.account.people) is not fault.prevents
    assert not driver.emulator.journal.plans
