"""The doctor and the alarms: each is there, switched on, and asks what docs/alarms.json says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from doctor.alarms import alarms
from local.cloud import LocalCloud
from local.cls_api import Alarm
from tests.system.doctor.test_doctor import deploy, examine, keys


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """A cloud in which everything is deployed, and somebody else's alarms stand before this project's."""
    with LocalCloud() as started:
        deploy(started)
        started.alarms[:0] = [Alarm(f"other-{n}", "*", "$1.n > 1") for n in range(150)]
        yield started


def bad(cloud: LocalCloud, **env: str) -> list[tuple[str, str]]:
    """What is not ok about the alarms; a lack of them is no failure."""
    code, found = examine(cloud, **env)
    assert code == 0
    return [line for line in found["alarms"] if line[0] != "ok"]


def test_all_that_are_set_up_are_found(cloud: LocalCloud) -> None:
    """However many others there are, and however the console puts spaces."""
    last = cloud.alarms[-1]
    cloud.alarms[-1] = Alarm(last.name, f" {last.query.replace(' | ', '|')}", last.condition.replace(" ", ""))
    assert bad(cloud) == []


def test_what_is_missing_off_or_changed_is_told(cloud: LocalCloud) -> None:
    """An alarm that is missing, switched off or changed is told by its name with what is wrong."""
    gone, off, other = cloud.alarms[-3:]
    cloud.alarms.remove(gone)
    off.enabled = False
    other.query = "* | select count(*) as n"
    assert bad(cloud) == [
        ("warning", f"{gone.name}: there is no such alarm"),
        ("warning", f"{off.name} is switched off"),
        ("warning", f"{other.name} looks for something else than docs/alarms.json says"),
    ]


def test_without_the_right_to_look_it_says_so(cloud: LocalCloud) -> None:
    """Without the right to list alarms the doctor names the right."""
    allowed = ["name/cam:*", "name/sts:*", "name/cos:*", "name/scf:*"]
    statement = [{"effect": "allow", "action": allowed, "resource": ["*"]}]
    role = cloud.role_credentials("looker", 7200, {"version": "2.0", "statement": statement})
    assert bad(cloud, **keys(role)) == [("warning", "not looked at: the caller lacks cls:DescribeAlarms")]


def test_without_the_file_nothing_is_compared(tmp_path: Path) -> None:
    """Where docs/alarms.json is not installed no alarm is compared, and none is asked for."""
    (finding,) = alarms(None, tmp_path / "alarms.json")  # type: ignore[arg-type] # never used
    assert finding.finding == "not compared: docs/alarms.json is not here"
