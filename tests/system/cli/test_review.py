"""Review and drift: what CAM has, against what the records say."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.commands.drift import LAG
from cli.main import main
from local.cam.records import Login
from local.clock import FrozenClock
from local.cloud import LocalCloud
from shared.clock import parse_rfc3339 as at
from shared.clock import rfc3339
from shared.tencent.cam import Cam
from shared.tencent.cam_listing import AccessKey
from tests.system.cli.accounts import READ, WRITE, Account

DAY = 86_400.0


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """Alice as she should be, bob with changes by hand, carol who left and has a key again, erin made by hand."""
    with LocalCloud() as cloud:
        account = Account(cloud)
        until = rfc3339(cloud.clock.now() + 30 * DAY)
        words = ("--ticket", "=HYPERLINK(1)", "--approved-by", "张经理", "--requested-by", "dave", "--until", until)
        account.run("create", "alice", READ, *words)
        account.run("create", "bob", READ, WRITE)
        account.run("create", "carol", READ)
        account.run("offboard", "carol", "--yes")
        cam, api = account.console().cam(), account.console().api()
        uins = {name: user.uin for name in ("alice", "bob", "carol") if (user := cam.user(name))}
        policies = {policy.name: policy for policy in cam.policies("All", None)}
        cam.detach(policies[READ], uins["bob"])
        cam.attach(policies["QcloudCOSFullAccess"], uins["bob"])
        cam.create_key(uins["carol"], "by-hand")
        group = api.write("cam", "CreateGroup", {"GroupName": "staff"})["GroupId"]
        api.write("cam", "AttachGroupPolicy", {"PolicyId": policies[WRITE].id, "AttachGroupId": group})
        api.write("cam", "AddUserToGroup", {"Info": [{"GroupId": group, "Uin": uins["alice"]}]})
        api.write("cam", "AddUser", {"Name": "erin", "ConsoleLogin": 1})
        yield account


def test_a_review_shows_everybody(account: Account) -> None:
    """Policies with their origin, keys with their use, groups, and what CAM has beyond the records."""
    code, rows = account.rows("review")
    people = {row["user"]: row for row in rows}
    assert code == 0
    assert {name: row["state"] for name, row in people.items()} == {
        "alice": "active", "bob": "active", "carol": "offboarded", "erin": "by hand",
    }  # fmt: skip
    (policy,) = people["alice"]["policies"]
    assert (policy["policy"], policy["approved_by"], policy["source"]) == (READ, "张经理", "operator")
    assert policy["given_by"] == "dave"
    assert account.clock.now() - 600 <= at(policy["since"]) <= account.clock.now()
    assert 29.9 * DAY < at(policy["until"]) - at(policy["since"]) <= 30 * DAY
    assert people["alice"]["by_group"] == {WRITE: ["staff"]}
    assert people["bob"]["beyond"] == ["QcloudCOSFullAccess"]
    assert [(key["active"], key["age_days"], key["last_used"]) for key in people["carol"]["keys"]] == [
        (False, 0, None),
        (True, 0, None),
    ]
    assert "works, 0 days old" in account.run("review", "--quick")[1]
    _, quick = account.rows("review", "--quick")
    assert all(not row["by_group"] for row in quick)


def test_a_file_is_of_the_form_that_its_name_says(account: Account, tmp_path: Path) -> None:
    """Unless it is said; one that cannot be written is told before CAM is asked anything."""
    for name, begins in (("a.csv", "\ufeffuser,"), ("a.html", "<!DOCTYPE"), ("a.json", "["), ("a.txt", "USER")):
        assert account.run("review", "--quick", "--output", str(tmp_path / name))[0] == 0
        assert (tmp_path / name).read_text("utf-8").startswith(begins)
    before = len(account.cloud.journal)
    for command in (("review",), ("report",), ("evidence", "alice"), ("smoke", "--really"), ("people", "export")):
        code, _, err = account.run(*command, "--output", str(tmp_path / "none" / "a"))
        assert (code, "there is no folder" in err) == (2, True)
    code, _, err = account.run("review", "--output", str(tmp_path / "a.pdf"))
    assert (code, ".pdf is the ending of no form: .txt, .csv, .html, .htm, .json" in err) == (2, True)
    assert len(account.cloud.journal) == before


class Screen(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_a_page_is_not_printed_on_a_terminal(account: Account) -> None:
    """It is for a browser: the line names the option that takes a file, before CAM is asked anything."""
    before = len(account.cloud.journal)
    for command in (("review", "--format", "html"), ("report",), ("evidence", "alice")):
        screen, err = Screen(), io.StringIO()
        assert main(command, account.console(screen, err)) == 2
        assert "a page is for a browser: name a file, such as " in err.getvalue()
        assert screen.getvalue() == ""
    assert len(account.cloud.journal) == before


def test_a_key_has_an_age() -> None:
    """In whole days, of CAM's times in China; none where CAM tells none."""
    noon = 1_767_240_000.0  # 2026-01-01T12:00:00+08:00
    assert AccessKey("id", True, "2025-12-30 11:59:00").age_days(noon) == 2
    assert AccessKey("id", True, "2026-01-01 12:30:00").age_days(noon) == 0
    assert AccessKey("id", True, None).age_days(noon) is None


def test_no_cell_of_the_sheet_is_a_formula(account: Account) -> None:
    """Whatever a caller wrote: a spreadsheet shows it as text; a byte order mark makes Excel read Chinese."""
    _, text, _ = account.run("review", "--format", "csv")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert {row["user"]: row["ticket"] for row in rows}["alice"] == "'=HYPERLINK(1)"
    assert not [cell for row in rows for cell in row.values() if cell and cell[0] in "=+-@"]
    assert [row["policy"] for row in rows if row["user"] == "bob"] == [WRITE, READ]


def test_the_page_is_one_file_under_a_strict_policy(account: Account, tmp_path: Path) -> None:
    """Nothing is loaded; the style and the script are allowed by their hashes; in either language; names are text."""
    for lang, word in (("C", "Access review"), ("zh_CN.UTF-8", "访问权限复核")):
        file = tmp_path / lang
        assert account.run("review", "--format", "html", "--output", str(file), LC_ALL=lang)[0] == 0
        page = file.read_text("utf-8")
        assert f"<h1>{word}</h1>" in page
        policy = re.findall(r'Content-Security-Policy" content="([^"]*)"', page)[0]
        for tag in ("style", "script"):
            text = re.findall(f"<{tag}>(.*?)</{tag}>", page, re.S)[0]
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy
        assert not re.findall(r"\s(?:src|href|style|on\w+)=", page)


def test_an_interrupted_review_goes_on(account: Account, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is kept for its owner alone, and not asked again; then it is deleted."""
    asked: list[int] = []
    real = Cam.attached

    def attached(cam: Cam, uin: int) -> dict[int, str]:
        asked.append(uin)
        if len(asked) == 3:
            raise KeyboardInterrupt
        return real(cam, uin)

    monkeypatch.setattr(Cam, "attached", attached)
    code, _, err = account.run("review", XDG_CACHE_HOME=str(tmp_path))
    assert code == 130
    assert "--resume" in err
    (kept,) = (tmp_path / "im-access").iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600
    before = len(asked)
    known = len(json.loads(kept.read_text())["facts"])
    assert known >= 2
    assert account.run("review", "--resume", XDG_CACHE_HOME=str(tmp_path))[0] == 0
    assert len(asked) - before == 4 - known
    assert list((tmp_path / "im-access").iterdir()) == []


def test_last_uses_and_last_logins_are_told() -> None:
    """The day of a key's last use, the time of the last login to the console; none where there was none."""
    clock = FrozenClock(1_790_000_000.0)
    with LocalCloud(clock=clock) as cloud:
        account = Account(cloud)
        account.run("create", "alice", READ)
        account.run("create", "bob", READ)
        alice = cloud.cam.users["alice"]
        (key,) = account.console().cam().active_keys(alice.uin)
        cloud.cam.key_uses[key] = [clock.now()]
        cloud.cam.logins[alice.uin] = Login(clock.now(), "192.0.2.1")
        clock.advance(2 * DAY)
        told = {row["user"]: row for row in account.rows("review")[1]}
    china = "2026-09-21"
    assert [told["alice"]["keys"][0][name] for name in ("last_used", "age_days")] == [china, 2]
    assert told["alice"]["last_login"].startswith(china)
    assert (told["bob"]["keys"][0]["last_used"], told["bob"]["last_login"]) == (None, None)


def test_a_change_that_cam_did_not_show_yet_is_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is there at the first look at somebody young, and not at the second, is not told."""
    with LocalCloud() as cloud:
        account = Account(cloud)
        account.run("create", "alice", READ)
        cam = account.console().cam()
        policy, alice = next(one for one in cam.policies("All", READ) if one.name == READ), cam.user("alice")
        assert alice is not None
        cam.detach(policy, alice.uin)
        sleep = account.clock.sleep
        shows = {LAG: lambda: cam.attach(policy, alice.uin)}
        monkeypatch.setattr(account.clock, "sleep", lambda wait: (sleep(wait), shows.get(wait, lambda: None)()))
        assert account.rows("drift", "--quick") == (0, [])


def test_drift_is_graded_and_looked_at_twice(account: Account) -> None:
    """Differences are exit code 3; users made by hand are listed and are none."""
    before = account.clock.now()
    code, rows = account.rows("drift")
    assert code == 3
    assert [(row["grade"], row["user"], row["kind"]) for row in rows] == [
        ("warning", "alice", "policy_by_group"),
        ("warning", "bob", "policy_by_hand"),
        ("warning", "bob", "policy_missing"),
        ("critical", "carol", "key_active"),
        ("notice", "erin", "made_by_hand"),
    ]
    assert account.clock.now() - before >= 8
    account.cloud.clock.advance(3600)
    before = account.clock.now()
    assert account.rows("drift", "--quick")[0] == 3
    assert account.clock.now() - before < 8
    assert "严重" in account.run("drift", LANG="zh_CN.UTF-8")[1]
