"""Guarantee 1 with real processes and SIGKILL: what the simulated deaths show is so."""

from __future__ import annotations

import json
import os
import signal

import pytest

from local.faults import Fault
from tests.guarantees.real import LIMIT_MS, RealWorld, event
from tests.world import READ

MOMENTS = [
    (Fault.CALL_AFTER, "PutObject", "99999998-lease"),
    (Fault.CALL_AFTER, "AddUser", "alice"),
    (Fault.CALL_AFTER, "PutObject", "credentials/"),
    (Fault.CALL_AFTER, "PutObject", "99999998-outcome"),
    (Fault.CALL_BEFORE, "Notify", "alice"),
]


@pytest.mark.parametrize(("moment", "action", "target"), MOMENTS, ids=lambda value: str(getattr(value, "name", value)))
def test_sigkill(moment: Fault, action: str, target: str) -> None:
    """A process that SIGKILL ends in the middle of a create leaves nothing that a redelivery does not put right."""
    create = event("create_user", {"user": "alice", "policies": [READ]}, id="1")
    with RealWorld() as world:
        rule = world.cloud.faults.on(
            action, target=target, do=moment, callback=lambda _: os.kill(world.pids[0], signal.SIGKILL)
        )
        assert world.run("create_user", create) == [None]
        assert rule.fired == 1
        # The leases go by the store's clock; the functions' own is a quarter of a minute behind now, and that is fine.
        world.cloud.clock.advance(LIMIT_MS / 1000 + 7)
        (answer,) = world.run("create_user", create)
        assert answer is not None
        finished = "outcome" in target or action == "Notify"
        assert answer["statusCode"] == (200 if finished else 201)
        state = world.end_state("alice")
        state.assert_access()
        state.assert_told()
        state.assert_link(json.loads(answer["body"])["credentials"]["url"])
        assert state.attached == [READ]
