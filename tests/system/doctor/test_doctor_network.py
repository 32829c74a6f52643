"""The doctor where a trouble of its own is behind everything else: the clock, the network, the caller's keys."""

from __future__ import annotations

import pytest

from cli.main import main
from cli.terminal.console import Console
from local.cloud import LocalCloud
from local.faults import Fault
from tests.system.doctor.test_doctor import deploy, examine, rows

DEAD = "http://127.0.0.1:1"
OF_CAM = "credentials, policies, quota, permissions, roles, triggers, alarms"


@pytest.mark.parametrize(("seconds", "where"), [(3600, "behind"), (-3600, "ahead")])
def test_an_hour_is_told_as_such_and_nothing_else_is(seconds: int, where: str) -> None:
    """The clock is the one failure, although every service refuses every signature; the rest is not checked."""
    with LocalCloud() as cloud:
        deploy(cloud)
        cloud.clock.advance(seconds)
        code, report = rows(cloud, "--probe")
        assert code == 1
        (failure,) = [row for row in report if row["result"] == "failure"]
        assert failure["check"] == "clock"
        refused = f" s: this machine is {where}, and every signature is refused by CAM and COS"
        assert failure["finding"].endswith(refused)
        assert failure["what_to_do"].startswith("Set the clock")
        assert (
            report[-1]["finding"]
            == "credentials, policies, bucket, quota, permissions, roles, triggers, alarms, create-only"
        )
        assert not [call for call in cloud.journal if call.code == "AuthFailure.SignatureExpire"]


def test_ten_minutes_stop_cam_and_not_cos() -> None:
    """CAM refuses from five minutes on, COS from fifteen: the bucket is still looked at."""
    with LocalCloud() as cloud:
        cloud.clock.advance(600)
        _, found = examine(cloud)
        assert found["clock"][0][1].endswith("behind, and every signature is refused by CAM")
        assert found["bucket"] == [("ok", "never versioned"), ("ok", "private")]
        assert found["not-checked"] == [("warning", OF_CAM)]


def test_a_dead_endpoint_of_cam_is_told_once() -> None:
    """No policy is blamed for a service that does not answer; the bucket is looked at all the same."""
    with LocalCloud() as cloud:
        code, report = rows(cloud, IM_ACCESS_API_ENDPOINT=DEAD)
        assert code == 1
        (failure,) = [row for row in report if row["result"] == "failure"]
        assert (failure["check"], failure["finding"]) == ("network", f"no answer from CAM: no connection at {DEAD}")
        assert all(word in failure["what_to_do"] for word in ("network", "proxy", "IM_ACCESS_API_ENDPOINT"))
        assert not [row for row in report if "IM_ACCESS_POLICIES" in row["what_to_do"]]
        assert [row["finding"] for row in report if row["check"] == "not-checked"] == [OF_CAM]
        assert ("bucket", "private") in {(row["check"], row["finding"]) for row in report}


def test_a_dead_bucket_is_told_once() -> None:
    """An endpoint of COS that does not answer is told once, and the checks that need it are named as not made."""
    with LocalCloud() as cloud:
        deploy(cloud)
        _, report = rows(cloud, "--probe", IM_ACCESS_COS_ENDPOINT=DEAD)
        (failure,) = [row for row in report if row["result"] == "failure"]
        assert failure["finding"].startswith("no answer from COS")
        assert report[-1]["finding"] == "bucket, permissions, create-only"


def test_a_gateway_that_lost_cam_is_told_once() -> None:
    """A gateway tells the time, and then nothing: that is no fault of the allow-list either."""
    with LocalCloud() as cloud:
        cloud.faults.on(service="cam", nth=None, do=Fault.ERROR_BEFORE)
        _, report = rows(cloud)
        (failure,) = [row for row in report if row["result"] == "failure"]
        assert (failure["check"], failure["finding"]) == ("policies", "no answer from CAM: ListPolicies got no answer")
        assert report[-1]["finding"] == "policies, quota, permissions, roles, triggers, alarms"


def test_a_person_without_keys_is_told_to_set_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    """No person is advised to have an execution role: not by the doctor, who says it once, nor by any other command."""
    with LocalCloud() as cloud:
        _, report = rows(cloud, TENCENTCLOUD_SECRETID="", TENCENTCLOUD_SECRETKEY="")
        (failure,) = [row for row in report if row["result"] == "failure"]
        names = ("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY", "TENCENTCLOUD_SESSIONTOKEN")
        assert all(name in failure["finding"] for name in names)
        assert "your own keys" in failure["finding"]
        env = {"IM_ACCESS_BUCKET": cloud.bucket, "IM_ACCESS_REGION": cloud.region, names[0]: "AKIDx"}
        assert main(["history", "alice"], Console(env=env)) == 2
        said = capsys.readouterr().err
        assert "TENCENTCLOUD_SECRETKEY is missing: set" in said
        assert "execution role" not in said + str(report)


def test_wrong_keys_are_told_once() -> None:
    """A key that nobody has is one failure, with advice about keys."""
    with LocalCloud() as cloud:
        _, report = rows(cloud, TENCENTCLOUD_SECRETID="AKIDnobody")
        (failure,) = [row for row in report if row["result"] == "failure"]
        assert failure["check"] == "credentials"
        assert "AuthFailure.SecretIdNotFound" in failure["finding"]
        assert failure["what_to_do"].startswith("The keys are not valid")
