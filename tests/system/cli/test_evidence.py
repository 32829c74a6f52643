"""Output for auditors: the file about a person, and the policies of roles."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.im_policies import ROLES, SENSITIVE, document
from local.cloud import LocalCloud
from shared.policies.authorization import Authorization
from shared.ports import Policy
from tests.system.cli.accounts import READ, WRITE, Account


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """Alice came and went; her approver's name is no HTML."""
    with LocalCloud() as cloud:
        account = Account(cloud)
        account.run("create", "alice", READ, WRITE, "--approved-by", "<b>张经理</b>", "--ticket", "T-1")
        account.run("offboard", "alice", "--yes", "--reason", "合同到期")
        yield account


def test_the_evidence_is_whole(account: Account) -> None:
    """Who asked, who approved, when it was applied, what was closed, what is left, and on which objects that rests."""
    code, told = account.rows("evidence", "alice")
    assert code == 0
    assert [row["event"] for row in told["events"]] == ["create", "create", "offboard"]
    assert {row["approved_by"] for row in told["events"][:2]} == {"<b>张经理</b>"}
    assert told["events"][2]["closed"]["keys_disabled"] == 1
    assert (told["left"]["policies"], told["left"]["active_keys"], told["left"]["console_login"]) == ([], [], False)
    assert told["left"]["policies_for_im"] == []
    cos = account.console().cos()
    assert len(told["objects"]) >= 6
    for one in told["objects"]:
        found = cos.get(one["key"])
        assert found is not None
        assert hashlib.sha256(found.body).hexdigest() == one["sha256"]


def test_the_page_shows_it_as_text(account: Account, tmp_path: Path) -> None:
    """The page of evidence has no script, and names in it cannot become HTML."""
    file = tmp_path / "alice.html"
    assert account.run("evidence", "alice", "--output", str(file), LC_ALL="zh_CN.UTF-8")[0] == 0
    page = file.read_text("utf-8")
    assert "&lt;b&gt;张经理&lt;/b&gt;" in page
    assert "script-src 'none'" in page
    assert "合同到期" in page
    assert account.run("evidence", "nobody")[0] == 1
    account.console().api().write("cam", "AddUser", {"Name": "erin"})
    assert account.rows("evidence", "erin")[0] == 0


@pytest.mark.parametrize("role", ROLES)
def test_a_policy_of_a_role_may_be_given(role: str) -> None:
    """The guard takes it, since it allows actions of IM alone; all but owners are denied what is sensitive, by name."""
    content = document("100000000001", 1400000000, role)  # type: ignore[arg-type] # of ROLES
    guard = Authorization(("im",), (), (), str)
    guard.approve(Policy(200000001, "im", False, json.dumps(content)))
    denied = [row["action"] for row in content["statement"] if row["effect"] == "deny"]
    assert denied == ([] if role == "owner" else [[f"name/im:{name}" for name in SENSITIVE]])
    assert len(json.dumps(content)) < 6144


def test_a_policy_is_created_once_and_compared_by_meaning(account: Account) -> None:
    """Printed without --create; what is there is compared, however CAM writes it."""
    words = ("policy", "build", "--sdk-app-id", "1400000000", "--role", "operator")
    assert account.rows(*words)[1]["result"] == "not_created"
    assert account.rows(*words, "--create")[1]["result"] == "created"
    code, told = account.rows(*words, "--create")
    assert (code, told["result"]) == (0, "exists")
    assert account.run(*words)[1].startswith("{")
    other = account.rows("policy", "build", "--sdk-app-id", "1400000000", "--role", "reader")[1]
    api = account.console().api()
    api.write("cam", "CreatePolicy", {"PolicyName": other["name"], "PolicyDocument": json.dumps(told["document"])})
    code, told = account.rows("policy", "build", "--sdk-app-id", "1400000000", "--role", "reader")
    assert (code, told["result"]) == (1, "differs")
