"""Rehearses a command: runs its use case with a CAM and a bucket that keep all writes in this process.

Reads are real, and show this process's own writes on top. So the outcome is the one that the command would have.
Nobody is notified, and nothing waits for CAM to show a change that was never sent.
"""

from __future__ import annotations

from collections.abc import Mapping

from cli.account.network import http
from cli.account.own_container import OwnContainer
from cli.execution.rehearsed_cam import RehearsedCam
from cli.execution.rehearsed_store import Overlay
from shared.bootstrap.instance import Instance
from shared.clock import Clock
from shared.deadline import Deadline
from shared.tencent.api import Api
from shared.tencent.cam import Cam
from shared.tencent.cos import Cos

_TELLING = ("IM_ACCESS_NOTIFY_URL", "IM_ACCESS_NOTIFY_SECRET", "IM_ACCESS_MAIL_URL", "IM_ACCESS_ANSWER_LINK")


class Rehearsal(OwnContainer):
    """The container of one rehearsal. `calls`: the calls that would change something, as action and object."""

    def __init__(self, env: Mapping[str, str], clock: Clock, seconds: float) -> None:
        silent = {name: value for name, value in env.items() if name not in _TELLING}
        context = {"time_limit_in_ms": round(seconds * 1000)}
        super().__init__("rehearsal", context, silent, Instance(http()), NoWaitClock(clock))
        self.calls: list[tuple[str, str]] = []
        self._written: dict[str, bytes | None] = {}

    def store(self, deadline: Deadline) -> Cos:
        """The bucket, with the rehearsal's own writes on top."""
        settings = self.settings
        where = (settings.bucket, settings.region, settings.cos_endpoint)
        return Overlay(self._written, Cos(self.instance.http, self.credentials(), *where, deadline))

    def directory(self, api: Api) -> Cam:
        """CAM, with the rehearsal's own changes on top."""
        return RehearsedCam(api, self.calls)


class NoWaitClock:
    """A clock that never waits: `sleep` returns at once and moves the time forward."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._slept = 0.0

    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock.now() + self._slept

    def sleep(self, seconds: float) -> None:
        """Move the time forward by so many seconds."""
        self._slept += seconds
