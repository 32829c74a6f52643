"""An executor's side of the explorer: the ports that the real code calls, which give the answers it has had so far."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from shared.deadline import Deadline
from shared.errors import OutcomeUnknown
from shared.ports import Listed, Policy, Stored, User
from tests.guarantees.services import Call

LIMIT = 30
"""Seconds of an invocation, after which it is dead."""


class Beyond(SystemExit):
    """The executor has reached a call that it has no answer to yet."""

    def __init__(self, call: Call) -> None:
        self.call = call


class Remote:
    """An executor's store, directory and clock: the answers it has had, in order, and then the end."""

    def __init__(self, started: int, answers: tuple[tuple[Any, int], ...]) -> None:
        self.started = started
        self.working = False
        self.deadline = Deadline(self, started + LIMIT)
        self._answers = answers
        self._had = 0

    def ask(self, name: str, *args: Any) -> Any:  # noqa: ANN401 - whatever the call answers
        """The answer; an exception that was answered is raised."""
        if self._had == len(self._answers):
            raise Beyond(Call(name, args))
        self._had += 1
        answer = self._answers[self._had - 1][0]
        if isinstance(answer, Exception):
            self.deadline.unsettled |= isinstance(answer, OutcomeUnknown) and answer.in_flight
            # The same one is answered to many: what it passed on its way would never be let go.
            raise answer.with_traceback(None)
        return answer

    # the clock: what time it was when the last answer came

    def now(self) -> float:
        """Seconds."""
        return self._answers[self._had - 1][1] if self._had else self.started

    def sleep(self, seconds: float) -> None:
        """Nothing: whatever could happen meanwhile is explored anyway."""

    # the store

    def create(self, key: str, body: bytes, *, headers: Any = None) -> bool:  # noqa: ANN401, ARG002
        """Create-if-absent."""
        return bool(self.ask("create", key, body))

    def get(self, key: str) -> Stored | None:
        """Read."""
        found: Stored | None = self.ask("get", key)
        return found

    def exists(self, key: str) -> bool:
        """Look."""
        return self.get(key) is not None

    def delete(self, key: str) -> None:
        """Remove."""
        self.ask("delete", key)

    def below(self, prefix: str, *, limit: int = 1000, after: str = "") -> tuple[Listed, ...]:
        """List."""
        assert not after
        rows: tuple[Listed, ...] = self.ask("below", prefix, limit)
        return rows


def in_turn(work: Callable[[Any], Any], items: Sequence[Any], _workers: int) -> list[Any]:
    """In place of `side_by_side`: it is done in turn, as one executor's calls. The results in order."""
    return [work(item) for item in items]


def directory(remote: Remote, policy: Policy) -> Any:  # noqa: ANN401 - a Directory of as many calls as are made
    """CAM over an executor's remote: one policy, which is known to all."""
    return _Directory(remote, policy)


class _Directory:
    def __init__(self, remote: Remote, policy: Policy) -> None:
        self._ask = remote.ask
        self._policy = policy

    def add_user(self, new: Any) -> tuple[int, None]:  # noqa: ANN401
        return self._ask("add_user", new.name, new.remark), None

    def user(self, name: str) -> User | None:
        found: User | None = self._ask("user", name)
        return found

    def set_password(self, name: str, _password: object) -> None:
        self._ask("set_password", name)

    def descriptions(self, _uin: int) -> dict[str, str | None]:
        return {}

    def attach(self, policy: Policy, uin: int) -> None:
        self._ask("attach", policy.id, uin)

    def detach(self, policy: Policy, uin: int) -> None:
        self._ask("detach", policy.id, uin)

    def attached(self, uin: int) -> dict[int, str]:
        return dict.fromkeys(self._ask("attached", uin), self._policy.name)

    def policy(self, _policy_id: int) -> Policy:
        return self._policy

    def policies(self, _scope: str, _keyword: str | None) -> Iterator[Policy]:
        yield self._policy
