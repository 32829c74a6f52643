"""The doctor against the local cloud, healthy and sick."""

from __future__ import annotations

import io
import json

import pytest

from cli.console import Console
from cli.main import main
from local.cloud import LocalCloud
from shared.clock import SystemClock


def examine(cloud: LocalCloud, *words: str, **env: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """The exit code and the findings by check."""
    role = cloud.role_credentials()
    base = {
        "IM_ACCESS_BUCKET": cloud.bucket,
        "IM_ACCESS_REGION": cloud.region,
        "IM_ACCESS_API_ENDPOINT": cloud.api_url,
        "IM_ACCESS_COS_ENDPOINT": cloud.cos_url,
        "IM_ACCESS_HTTP_AUTH": "platform",
        "TENCENTCLOUD_SECRETID": role.secret_id,
        "TENCENTCLOUD_SECRETKEY": role.secret_key,
        "TENCENTCLOUD_SESSIONTOKEN": role.token,
    }
    out = io.StringIO()
    code = main(["doctor", "--json", *words], Console(env=base | env, out=out))
    found: dict[str, list[tuple[str, str]]] = {}
    for row in json.loads(out.getvalue()):
        found.setdefault(row["check"], []).append((row["result"], row["finding"]))
        assert row["result"] == "ok" or row["what_to_do"]
    return code, found


def test_a_healthy_account_passes() -> None:
    """On a fit account nothing fails, and create-only is proven on an object that is gone afterwards."""
    with LocalCloud() as cloud:
        code, found = examine(cloud, "--probe")
        assert code == 0, found
        assert found["create-only"] == [("ok", "the second write was refused")]
        assert not cloud.cos.objects


def test_without_probe_nothing_is_written() -> None:
    """The doctor only reads, unless told otherwise."""
    with LocalCloud() as cloud:
        examine(cloud)
        assert {"PutObject", "DeleteObject"}.isdisjoint(call.action for call in cloud.journal)


@pytest.mark.parametrize("state", ["Enabled", "Suspended"])
def test_a_versioned_bucket_fails(state: str) -> None:
    """Versioning, on or off again, is a failure, and the probe sees what it does."""
    with LocalCloud() as cloud:
        cloud.cos.versioning = state
        code, found = examine(cloud, "--probe")
        assert code == 1
        assert found["bucket"][0][0] == "failure"
        assert found["create-only"][0][0] == "failure"


def test_a_policy_that_does_not_exist_or_administers_fails() -> None:
    """Each name of the allow-list is looked up and held against the guard."""
    with LocalCloud() as cloud:
        code, found = examine(cloud, IM_ACCESS_POLICIES="QcloudIMReadOnlyAccess,AdministratorAccess,Nonsense")
        assert code == 1
        assert [result for result, _ in found["policies"]] == ["ok", "failure", "failure"]


def test_a_wrong_clock_fails() -> None:
    """Two minutes are too much."""

    class Late(SystemClock):
        """Two minutes behind."""

        def now(self) -> float:
            """The wrong time."""
            return super().now() - 120

    with LocalCloud() as cloud:
        role, out = cloud.role_credentials(), io.StringIO()
        env = {
            "IM_ACCESS_BUCKET": cloud.bucket,
            "IM_ACCESS_REGION": cloud.region,
            "IM_ACCESS_API_ENDPOINT": cloud.api_url,
            "IM_ACCESS_COS_ENDPOINT": cloud.cos_url,
            "TENCENTCLOUD_SECRETID": role.secret_id,
            "TENCENTCLOUD_SECRETKEY": role.secret_key,
            "TENCENTCLOUD_SESSIONTOKEN": role.token,
        }
        assert main(["doctor"], Console(env=env, clock=Late(), out=out)) == 1
        assert "differs by 120 s" in out.getvalue() or "differs by 119 s" in out.getvalue()
        assert "IM_ACCESS_WEBHOOK_SECRETS is required" in out.getvalue()


def test_a_role_without_rights_is_told_which() -> None:
    """A denied read is named with CAM's code."""
    with LocalCloud() as cloud:
        nothing: dict[str, object] = {
            "version": "2.0",
            "statement": [{"effect": "allow", "action": ["cam:ListPolicies"], "resource": "*"}],
        }
        role = cloud.role_credentials("bare", policy=nothing)
        code, found = examine(
            cloud,
            TENCENTCLOUD_SECRETID=role.secret_id,
            TENCENTCLOUD_SECRETKEY=role.secret_key,
            TENCENTCLOUD_SESSIONTOKEN=role.token,
        )
        assert code == 1
        assert ("failure", "cam:GetUser: AuthFailure.UnauthorizedOperation") in found["permissions"]
