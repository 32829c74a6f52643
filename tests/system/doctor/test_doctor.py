"""The doctor against the local cloud, healthy and sick."""

from __future__ import annotations

import io
import json

import pytest

from cli.chinese.doctor import SENTENCES, translated
from cli.main import main
from cli.terminal.console import Console
from doctor.alarms import WANTED
from doctor.roles import CARRIER, ROLES
from local import roles
from local.accounts import Credentials
from local.cam.records import Policy
from local.cloud import LocalCloud
from local.cls_api import Alarm
from local.scf_api import Trigger
from shared.clock import SystemClock
from shared.operations import OPERATIONS

PREFIX = "im-access-prod-im-access-"
"""Of the functions' names as the component makes them."""
Found = dict[str, list[tuple[str, str]]]


def keys(role: Credentials) -> dict[str, str]:
    """Credentials as the environment has them."""
    return {
        "TENCENTCLOUD_SECRETID": role.secret_id,
        "TENCENTCLOUD_SECRETKEY": role.secret_key,
        "TENCENTCLOUD_SESSIONTOKEN": role.token,
    }


def rows(cloud: LocalCloud, *words: str, **env: str) -> tuple[int, list[dict[str, str]]]:
    """The exit code and the report for machines; whatever is not ok says what to do."""
    base = {
        "IM_ACCESS_BUCKET": cloud.bucket,
        "IM_ACCESS_REGION": cloud.region,
        "IM_ACCESS_API_ENDPOINT": cloud.api_url,
        "IM_ACCESS_COS_ENDPOINT": cloud.cos_url,
        "IM_ACCESS_HTTP_AUTH": "platform",
        **keys(cloud.role_credentials()),
    }
    out = io.StringIO()
    code = main(["doctor", "--json", *words], Console(env=base | env, out=out))
    found: list[dict[str, str]] = json.loads(out.getvalue())
    assert all(row["result"] == "ok" or row["what_to_do"] for row in found)
    return code, found


def examine(cloud: LocalCloud, *words: str, **env: str) -> tuple[int, Found]:
    """The exit code and the findings by check."""
    code, report = rows(cloud, *words, **env)
    found: Found = {}
    for row in report:
        found.setdefault(row["check"], []).append((row["result"], row["finding"]))
    return code, found


def trust(*services: str) -> str:
    """A role's trust policy, as CAM keeps it."""
    statement = {"effect": "allow", "action": "name/sts:AssumeRole", "principal": {"service": list(services)}}
    return json.dumps({"version": "2.0", "statement": [statement]})


def add_policy(cloud: LocalCloud, name: str, document: object) -> str:
    """Make a custom policy, or replace it; returns its name."""
    policy_id = next((one.policy_id for one in cloud.cam.policies.values() if one.name == name), 0)
    policy_id = policy_id or cloud.cam.next_policy_id()
    cloud.cam.policies[policy_id] = Policy(policy_id, name, json.dumps(document))
    return name


def deploy(cloud: LocalCloud) -> None:
    """Roles, functions and triggers as serverless.yml makes them; the alarms of docs/alarms.json."""
    for function, name in ROLES.items():
        policy = add_policy(cloud, name, roles.document(function, cloud.region, cloud.bucket))
        cloud.cam.add_role(name, trust(CARRIER), policy)
    for function in OPERATIONS:
        cloud.deployed[PREFIX + function] = [Trigger("http", "url"), Trigger("ckafka", "ckafka-1-t")]
    cloud.deployed[PREFIX + "claim_credentials"] = [Trigger("http", "url")]
    cloud.deployed[PREFIX + "sweep"] = [Trigger("timer", "sweep")]
    cloud.alarms[:] = [
        Alarm(row["name"], row["query"], row["condition"]) for row in json.loads(WANTED.read_text("utf-8"))
    ]


def test_a_healthy_account_passes() -> None:
    """On a fit account nothing fails or warns, and create-only is proven on an object that is gone afterwards."""
    with LocalCloud() as cloud:
        deploy(cloud)
        code, found = examine(cloud, "--probe")
        assert code == 0, found
        assert {result for lines in found.values() for result, _ in lines} == {"ok"}
        assert found["create-only"] == [("ok", "the second write was refused")]
        assert not cloud.cos.objects


def test_without_probe_nothing_is_written() -> None:
    """Without --probe the doctor only reads."""
    with LocalCloud() as cloud:
        deploy(cloud)
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


@pytest.mark.parametrize(("boundary", "result"), [("QcloudIMReadOnlyAccess", "ok"), ("AdministratorAccess", "failure")])
def test_a_boundary_that_bounds_nothing_fails(boundary: str, result: str) -> None:
    """A boundary policy that allows administration is a failure, as the functions refuse it."""
    with LocalCloud() as cloud:
        _, found = examine(cloud, IM_ACCESS_BOUNDARY_POLICY=boundary)
        assert found["policies"][-1][0] == result
        assert boundary in found["policies"][-1][1]


def test_two_minutes_are_too_much() -> None:
    """A clock that is refused by nobody yet is a failure of its own, and every other check is made."""

    class Late(SystemClock):
        """Two minutes behind."""

        def now(self) -> float:
            """The wrong time."""
            return super().now() - 120

    with LocalCloud() as cloud:
        out = io.StringIO()
        env = {
            "IM_ACCESS_BUCKET": cloud.bucket,
            "IM_ACCESS_REGION": cloud.region,
            "IM_ACCESS_API_ENDPOINT": cloud.api_url,
            "IM_ACCESS_COS_ENDPOINT": cloud.cos_url,
            **keys(cloud.role_credentials()),
        }
        assert main(["doctor"], Console(env=env, clock=Late(), out=out)) == 1
        assert "differs by 120 s: this machine is behind" in out.getvalue().replace("119 s", "120 s")
        assert "IM_ACCESS_WEBHOOK_SECRETS is required" in out.getvalue()
        assert "not-checked" not in out.getvalue()


def test_a_caller_without_rights_is_told_which() -> None:
    """A denied read is named with CAM's code."""
    with LocalCloud() as cloud:
        nothing: dict[str, object] = {
            "version": "2.0",
            "statement": [{"effect": "allow", "action": ["cam:ListPolicies"], "resource": "*"}],
        }
        code, found = examine(cloud, **keys(cloud.role_credentials("bare", policy=nothing)))
        assert code == 1
        refused = "the caller may not call cam:GetUser: AuthFailure.UnauthorizedOperation"
        assert ("failure", refused) in found["permissions"]


def test_the_report_is_chinese_in_a_chinese_locale() -> None:
    """Every finding and all advice of a fit and of an unfit account; for machines nothing changes."""
    with LocalCloud() as cloud:
        deploy(cloud)
        _, well = rows(cloud, "--probe")
        cloud.cam.roles.popitem()
        _, sick = rows(cloud, IM_ACCESS_POLICIES="QcloudIMReadOnlyAccess,Nobody")
    texts = {row[name] for row in (*well, *sick) for name in ("finding", "what_to_do") if row[name]}
    unknown = [text for text in texts if not (SENTENCES.get(text) or translated(text))]
    assert [text for text in unknown if "Nobody" not in text] == []
    assert {row["check"] for row in (*well, *sick)} - {"credentials"} <= set(SENTENCES)
