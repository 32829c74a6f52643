"""`im-access rules` and `im-access people` against the local cloud."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from local.clock import FrozenClock
from local.cloud import LocalCloud
from shared.people.person_key import PersonKey
from tests.system.cli.accounts import READ, WRITE, Account
from tests.system.people.stories import RULES

HEADER = "employee,status,name,email,departments,title\n"


@pytest.fixture(scope="module")
def cloud() -> Iterator[LocalCloud]:
    """One for all of them."""
    with LocalCloud(clock=FrozenClock(1_790_000_000.0)) as found:
        yield found


@pytest.fixture
def account(cloud: LocalCloud) -> Account:
    """An empty account."""
    cloud.reset()
    return Account(cloud)


def rules_file(tmp_path: Path, document: object = RULES) -> str:
    """A file of rules."""
    path = tmp_path / "rules.json"
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    return str(path)


def staff(tmp_path: Path, *lines: str) -> str:
    """A file of people."""
    path = tmp_path / "staff.csv"
    path.write_bytes((HEADER + "".join(f"{line}\n" for line in lines)).encode("gb18030"))
    return str(path)


def desk(*names: str) -> list[str]:
    """People of the support desk."""
    return [f"{name},active,张{name},{name}@example.com,客服," for name in names]


def state(account: Account) -> dict[str, bytes]:
    """Everything in the bucket, and the users of CAM."""
    objects = {key: stored.body for key, stored in account.cloud.cos.objects.data.items()}
    return objects | {f"user {name}": b"" for name in account.cloud.cam.users}


def test_check_tells_every_fault(account: Account, tmp_path: Path) -> None:
    """`rules check` tells every fault with line, rule and field and exits with 1; a good file exits with 0."""
    bad: dict[str, Any] = RULES | {"rules": [{"name": "x", "when": {"dept": "y"}, "policies": ["Nobody"]}], "v": 2}
    code, text, _ = account.run("rules", "check", rules_file(tmp_path, bad))
    assert code == 1
    assert len(text.splitlines()) == 3
    assert 'when.dept in rule "x" is no attribute' in text
    code, faults = account.rows("rules", "check", rules_file(tmp_path, bad))
    assert (code, [fault["field"] for fault in faults]) == (1, ["v", "when.dept", "policies[0]"])
    assert account.run("rules", "check", rules_file(tmp_path))[0] == 0
    assert account.run("rules", "check", str(tmp_path / "none.json"))[0] == 1


def test_a_table_is_imported_once(account: Account, tmp_path: Path) -> None:
    """A dry run changes nothing; run again, nothing is done twice; the list says what rules gave."""
    file = staff(tmp_path, *desk("wei", "li"), "x,active,无,x@example.com,财务,")
    assert account.run("people", "import", file)[0] == 1
    assert account.run("rules", "push", rules_file(tmp_path))[0] == 0
    before = state(account)
    code, rows = account.rows("people", "import", file, "--dry-run")
    assert (code, [(row["employee"], row["change"], row["grant"]) for row in rows]) == (
        0,
        [("wei", "join", [READ]), ("li", "join", [READ])],
    )
    assert state(account) == before
    assert account.run("people", "import", file)[0] == 0
    assert set(account.cloud.cam.users.data) == {"wei", "li"}
    account.clock.sleep(100)
    code, rows = account.rows("people", "import", file)
    assert (code, rows) == (0, [])
    code, rows = account.rows("people", "list", "--source", "csv")
    assert [(row["employee"], row["user"], row["policies"]) for row in rows] == [
        ("li", "li", [READ]),
        ("wei", "wei", [READ]),
        ("x", None, []),
    ]
    (shown,) = account.rows("people", "show", "wei")[1]
    assert (shown["given_by"], shown["rules_version"]) == ({READ: ["support reads"]}, 1)
    assert account.run("people", "show", "nobody")[0] == 1
    shown = account.run("people", "show", "wei", LANG="zh_CN")[1]
    assert [line for line in shown.splitlines() if line.split(" ")[0].isascii()] == []
    assert "wei,active,张wei,wei@example.com,,客服" in account.run("people", "export")[1]
    assert account.run("people", "export", "--output", str(tmp_path / "out.csv"))[0] == 0
    assert (tmp_path / "out.csv").read_bytes().startswith(b"\xef\xbb\xbfemployee,")


def test_who_is_missing_stays_unless_it_is_said(account: Account, tmp_path: Path) -> None:
    """And then the people of that source alone have left; beyond the brake none of it is done."""
    account.run("rules", "push", rules_file(tmp_path))
    account.run("people", "import", staff(tmp_path, *desk("a", "b", "c")))
    account.run("people", "import", staff(tmp_path, *desk("d")), "--source", "other")
    account.clock.sleep(100)
    one = staff(tmp_path, *desk("a"))
    assert account.run("people", "import", one)[0] == 0
    assert [user.console_login for user in account.cloud.cam.users.values()] == [True] * 4
    account.env["IM_ACCESS_PEOPLE_BRAKE"] = "1"
    account.clock.sleep(100)
    before = state(account)
    assert account.run("people", "import", one, "--missing=left")[0] == 2
    assert state(account) == before
    account.env["IM_ACCESS_PEOPLE_BRAKE"] = "2"
    assert account.run("people", "import", one, "--missing=left")[0] == 0
    logins = {name: user.console_login for name, user in account.cloud.cam.users.data.items()}
    assert logins == {"a": True, "b": False, "c": False, "d": True}


def test_a_plan_says_what_a_push_would_do(account: Account, tmp_path: Path) -> None:
    """Person by person, exit code 3, and changes nothing; 0 where nothing would; a push beyond the brake asks."""
    file = rules_file(tmp_path)
    account.run("rules", "push", file)
    account.run("people", "import", staff(tmp_path, *desk("a", "b")))
    assert account.run("rules", "plan", file)[0] == 0
    fewer = rules_file(tmp_path, RULES | {"rules": [{**RULES["rules"][0], "policies": [WRITE]}]})
    before = state(account)
    code, rows = account.rows("rules", "plan", fewer)
    assert code == 3
    assert [(row["employee"], row["grant"], row["revoke"], row["rules"]) for row in rows] == [
        ("a", [WRITE], [READ], ["support reads"]),
        ("b", [WRITE], [READ], ["support reads"]),
    ]
    assert "2 people would change, 2 of them lose something." in account.run("rules", "plan", fewer)[1]
    assert state(account) == before
    account.env["IM_ACCESS_PEOPLE_BRAKE"] = "1"
    assert account.run("rules", "push", fewer)[0] == 2
    assert state(account) == before
    assert account.rows("rules", "push", fewer, "--yes") == (0, {"version": 2, "losing": 2})
    assert account.rows("rules", "show")[1]["approved"] is True
    assert account.rows("rules", "show", "--version", "1")[1]["document"]["rules"][0]["policies"] == [READ]
    assert account.run("rules", "show", "--version", "9")[0] == 1
    assert "departments = 客服 | Support" in account.run("rules", "show")[1]


def test_a_bad_table_is_refused_as_a_whole(account: Account, tmp_path: Path) -> None:
    """A table with faults is refused as a whole, and every fault is told with its line."""
    account.run("rules", "push", rules_file(tmp_path))
    before = state(account)
    file = staff(tmp_path, *desk("a"), "b,gone,,,,", ",active,,,,")
    code, _, told = account.run("people", "import", file)
    assert code == 1
    assert "line 3" in told
    assert "line 4" in told
    assert state(account) == before


def test_who_cannot_be_done_is_told_and_keeps_nobody(account: Account, tmp_path: Path) -> None:
    """A person who cannot be done is told with exit code 1, and all others are done."""
    account.run("rules", "push", rules_file(tmp_path))
    file = staff(tmp_path, "工号,active,x,张@example.com,客服,", *desk("a"))
    code, rows = account.rows("people", "import", file)
    assert (code, {row["employee"]: row["outcome"] for row in rows}) == (1, {"工号": "no_user_name", "a": "joined"})


def drift(account: Account) -> tuple[int, list[tuple[str, str]]]:
    """Exit code and what it found."""
    account.clock.sleep(400)
    code, rows = account.rows("drift", "--quick")
    return code, [(row["kind"], row["user"]) for row in rows]


def test_drift_looks_at_hr_systems_too(account: Account, tmp_path: Path) -> None:
    """Somebody who is here and closed, who is away and open, and for whom the rules ask for something else."""
    account.run("rules", "push", rules_file(tmp_path))
    account.run("people", "import", staff(tmp_path, *desk("a", "b", "c")))
    assert drift(account) == (0, [])
    assert account.run("offboard", "a", "--yes")[0] == 0
    account.clock.sleep(100)
    account.run("people", "import", staff(tmp_path, "b,left,,,,"))
    account.clock.sleep(100)
    assert account.run("restore", "b", READ, "--yes")[0] == 0
    account.run("rules", "push", rules_file(tmp_path, RULES | {"rules": RULES["rules"][1:]}), "--yes")
    code, found = drift(account)
    assert code == 3
    assert set(found) == {("hr_due", "a"), ("hr_has_left", "b"), ("hr_due", "c")}
    account.run("rules", "push", rules_file(tmp_path))
    assert set(drift(account)[1]) == {("hr_is_here", "a"), ("hr_has_left", "b")}


def test_a_person_who_cannot_be_read_hides_nobody_else(account: Account, tmp_path: Path) -> None:
    """Lists and plans have all others, name the one who is left out, and their exit code says that one is."""
    rules = rules_file(tmp_path)
    account.run("rules", "push", rules)
    account.run("people", "import", staff(tmp_path, *desk("ann", "bob")))
    objects = account.cloud.cos.objects.data
    bob = PersonKey.of("csv", "bob")
    odd = [key for key in objects if key.startswith(bob.folder)]
    store = account.console().cos()
    for key in odd:
        store.delete(key)
        store.create(key, b'{"v":2}')
    for words in (("people", "list"), ("people", "export"), ("rules", "plan", rules)):
        code, told, err = account.run(*words)
        assert (code, "bob" in told, bob.text in err) == (1, False, True), words
    assert "ann" in account.run("people", "list")[1]
    code, rows = account.rows("drift", "--quick")
    assert code == 3
    assert [(row["kind"], row["about"]) for row in rows] == [("record_unreadable", bob.text)]
    table = staff(tmp_path, *desk("ann"))
    assert account.run("people", "import", table, "--missing=left", "--dry-run")[0] == 0
