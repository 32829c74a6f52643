"""How long a call may take, and which way it goes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.account.network import proxy
from shared.deadline import MARGIN, Deadline
from shared.tencent.http import CALL_TIME, CONNECT_TIME, limits
from tests.processes import WorldClock
from tests.world import World

READ = "QcloudIMReadOnlyAccess"


@given(left=st.floats(MARGIN, 900))
def test_a_call_ends_before_the_invocation(left: float) -> None:
    """A service that does not connect, or connects late and then does not answer, is given up in time."""
    clock = WorldClock(0.0)
    found = limits(Deadline(clock, left))
    assert 0 < found.connect <= CONNECT_TIME
    assert 0 < found.total - found.connect <= CALL_TIME
    assert found.total <= left + 1e-9


@given(late=st.floats(0, 100))
def test_the_last_call_has_the_margin(late: float) -> None:
    """Whoever was let through at the last moment, or comes late from there, still has the margin's time."""
    clock = WorldClock(late)
    assert limits(Deadline(clock, MARGIN)).total == MARGIN


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_the_environment_names_no_proxy(world: World, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A function is configured by its settings alone: signed calls and links go to no third party."""
    monkeypatch.setenv(name, "http://127.0.0.1:9")
    event = world.http("create_user", {"user": "alice", "policies": [READ]}, id="1")
    answer = world.invoke("create_user", event)
    assert answer.status == 201


def test_a_netrc_takes_no_signatures_place(world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What somebody keeps there for all hosts would be sent instead of the signature, by the operator's command too."""
    (tmp_path / ".netrc").write_text("default login somebody password something\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    process = world.process()
    process.instance.http._pools._proxy_for = proxy
    event = world.http("create_user", {"user": "alice", "policies": [READ]}, id="1")
    answer = world.invoke("create_user", event, process=process)
    assert answer.status == 201
