"""The page for the monthly meeting: what it counts, and that it is one file."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.records.weekly_figures import most_at_once, quantile
from local.cloud import LocalCloud
from shared.clock import rfc3339
from tests.system.cli.accounts import READ, WRITE, Account

WEEK = 7 * 86_400.0


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    """Two joined two weeks ago, one of them by an event of ten minutes before; one has left since; a letter waits."""
    with LocalCloud() as cloud:
        account = Account(cloud)
        account.cloud.clock.advance(-cloud.clock.now() % 86_400 + 3600)
        account.run("create", "alice", READ)
        early = rfc3339(account.clock.now() - 600)
        account.message("create_user", {"user": "bob", "policies": [READ]}, time=early)
        account.cloud.clock.advance(2 * WEEK)
        account.run("grant", "alice", WRITE)
        account.run("offboard", "bob", "--yes")
        account.message("grant_policy", {"user": "nobody", "policies": [READ]}, event_id="2")
        yield account


def test_the_weeks_are_counted_from_the_records(account: Account) -> None:
    """Joiners, leavers, grants; how long an event took to take effect; and what waits, by how long."""
    code, told = account.rows("report", "--days", "30")
    assert code == 0
    weeks = [week for week in told["weeks"] if week["joiners"] or week["leavers"]]
    assert [(week["joiners"], week["leavers"], week["grants"]) for week in weeks] == [(2, 0, 0), (0, 1, 1)]
    assert 600 <= weeks[0]["delays"]["longest"] < 660
    assert weeks[0]["delays"]["median"] >= 0
    assert (weeks[0]["waiting"], weeks[0]["late"]) == (1, 0)
    assert told["backlog"]["dead letters"]["up to an hour"] == 1
    assert told["backlog"]["notifications"]["longer"] == 2


def test_the_page_holds_its_plots(account: Account, tmp_path: Path) -> None:
    """As pictures inside it, each with a table of its numbers; nothing is loaded, no script runs; in both languages."""
    for lang, word in (("C", "Access report"), ("zh_CN.UTF-8", "访问权限报告")):
        file = tmp_path / lang
        assert account.run("report", "--output", str(file), LC_ALL=lang)[0] == 0
        page = file.read_text("utf-8")
        assert f"<h1>{word}</h1>" in page
        assert "script-src 'none'; img-src data:" in page
        pictures = [base64.b64decode(one) for one in re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)]
        assert len(pictures) == page.count("<table>") == 5
        assert not any(b"<script" in picture for picture in pictures)
        assert not re.findall(r'(?:src|href)="(?!data:)', page)


def test_what_waited_at_once_is_counted() -> None:
    """Spans that go on at the same moment, within a week; one ends where another begins: these never wait together."""
    week = (0.0, 100.0)
    assert most_at_once([], *week) == 0
    assert most_at_once([(10, 20), (20, 30), (15, 16)], *week) == 2
    assert most_at_once([(-50, 500), (90, 110), (100, 120), (-9, 0), (5, 5)], *week) == 2


def test_a_quantile_of_few_is_one_of_them() -> None:
    """A quantile is one of the values, and None where there are none."""
    assert quantile((), 0.5) is None
    assert quantile((3.0,), 1.0) == 3.0
    assert quantile((1.0, 2.0, 9.0), 0.5) == 2.0
