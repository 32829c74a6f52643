"""An auditor's keys: reading commands write nothing, and need no more than the page on the command says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.cloud import LocalCloud
from tests.system.cli.accounts import READ, Account

PAGE = Path(__file__).resolve().parents[3] / "docs" / "command-line.md"
COS = {"GetObject": "GetObject", "HeadObject": "HeadObject", "ListObjects": "GetBucket"}
COMMANDS = (
    ("history", "alice", "--at", "2030-01-01"),
    ("who", READ, "--at", "2030-01-01"),
    ("outbox",),
    ("report",),
    ("dead-letters", "list"),
    ("users",),
    ("who", READ),
    ("history", "alice"),
    ("review", "--quick"),
    ("drift", "--quick"),
    ("review",),
    ("drift",),
    ("evidence", "alice"),
)


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """Alice came, and went."""
    with LocalCloud() as cloud:
        account = Account(cloud)
        account.run("create", "alice", READ)
        account.run("offboard", "alice", "--yes")
        account.run("create", "bob", READ)
        account.cloud.clock.advance(600)
        yield account


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_a_reading_command_needs_what_the_page_says(account: Account, words: tuple[str, ...]) -> None:
    """Of the rows up to its own, and so no right to write; whose keys they are may be asked without one."""
    name = " ".join(word for word in words if word not in ("alice", READ, "2030-01-01"))
    rows = re.findall(r"^\| (`.*`) \| (.*) \|$", PAGE.read_text("utf-8").partition("## What your keys need")[2], re.M)
    place = next(place for place, (commands, _) in enumerate(rows) if f"`{name}`" in commands)
    allowed = set(re.findall(r"`((?:cam|cos):\w+)`", " ".join(rights for _, rights in rows[: place + 1])))
    before = len(account.cloud.journal)
    assert account.run(*words, "--json")[0] in (0, 3)
    calls = account.cloud.journal[before:]
    used = {f"cos:{COS[call.action]}" if call.service == "cos" else f"{call.service}:{call.action}" for call in calls}
    assert used - allowed - {"sts:GetCallerIdentity"} == set()
