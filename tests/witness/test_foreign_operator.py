"""The operator's command works with the second emulator, and shows what the functions did."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

from cli.main import main
from cli.terminal.console import Console
from tests.witness.account import FULL, READ
from tests.witness.driver import Driver


class Operator:
    """A terminal at which nobody sits, at the emulator's time."""

    def __init__(self, driver: Driver) -> None:
        self._env = driver.env
        self._clock = SimpleNamespace(now=driver.clock.now, sleep=driver.clock.advance)

    def rows(self, *words: str) -> tuple[int, Any]:
        """Exit code, and what was told."""
        out, err = io.StringIO(), io.StringIO()
        code = main([*words, "--json"], Console(self._env, self._clock, out, err, io.StringIO()))
        assert out.getvalue(), err.getvalue()
        return code, json.loads(out.getvalue())


def test_what_the_functions_did_is_told(driver: Driver) -> None:
    """Users, holders, histories, reviews and differences, and an offboard by the operator, rehearsed and done."""
    operator = Operator(driver)
    for user, policies in (("alice", [READ]), ("bob", [READ, FULL])):
        body = {"user": user, "policies": policies, "approved_by": "dave"}
        assert driver.run("create_user", driver.http(body, user)).status == 201
    driver.clock.advance(600)
    assert [(row["user"], row["state"]) for row in operator.rows("users")[1]] == [
        ("alice", "active"),
        ("bob", "active"),
    ]
    code, holders = operator.rows("who", FULL)
    assert (code, [(row["user"], row["difference"]) for row in holders]) == (0, [("bob", None)])
    (event,) = operator.rows("history", "alice")[1]
    assert (event["policy"], event["outcome"], event["approved_by"]) == (READ, "attached", "dave")
    code, reviewed = operator.rows("review", "--quick")
    assert [(row["user"], [one["policy"] for one in row["policies"]]) for row in reviewed] == [
        ("alice", [READ]),
        ("bob", [FULL, READ]),
    ]
    assert all(len(row["keys"]) == 1 and row["keys"][0]["active"] for row in reviewed)
    assert operator.rows("drift") == (0, [])
    changes = operator.rows("offboard", "bob", "--dry-run")[1]["changes"]
    assert "close console login" in [one["change"] for one in changes]
    assert operator.rows("drift") == (0, [])
    assert operator.rows("offboard", "bob", "--yes")[1]["status"] == "offboarded"
    driver.clock.advance(600)
    assert operator.rows("drift") == (0, [])
    assert [row["state"] for row in operator.rows("users")[1]] == ["active", "offboarded"]
    assert operator.rows("who", FULL)[1] == [] or operator.rows("who", FULL)[1][0]["cam"] == "not attached"
