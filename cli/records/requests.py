"""Reads the outcome of requests from their leases and receipts, and what happened to the credentials they delivered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cli.language import _
from cli.terminal.console import EVERYTHING, Console
from shared.clock import parse_rfc3339
from shared.credentials.pick_up_records import note_key, read_opening
from shared.idempotency.stored_attempts import OPEN, REQUESTS, lease_key, open_key, outcome_key
from shared.tencent.cos import Cos

WHY = ("reason", "ticket", "requested_by", "approved_by")
"""Fields by which a command says why it was sent."""


@dataclass(frozen=True)
class Recorded:
    """A request as its records show it.

    `time`, in microseconds since the epoch, orders requests; `objects` are the keys of the objects that were read.
    """

    request_id: str
    function: str = "?"
    attempts: int = 0
    state: str = "in progress or crashed"
    caller: str = ""
    identity: tuple[str, ...] = ()
    command: dict[str, Any] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    time: int = 0
    finished_at: str | None = None
    code: str | None = None
    objects: tuple[str, ...] = ()

    @property
    def why(self) -> dict[str, str | None]:
        """Who asked for the request, and why, as far as the request says so."""
        return {name: self.command.get(name) for name in WHY}

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcome of each policy."""
        # The result of a grant or a revoke has outcomes; the result of a create has the names of the attached policies.
        rows = self.result.get("policies", [])
        return dict((row["name"], row["outcome"]) if isinstance(row, dict) else (row, "attached") for row in rows)

    @property
    def done_at(self) -> float | None:
        """When the request was finished, in seconds since the epoch; None if it is not finished."""
        return parse_rfc3339(self.finished_at) if self.finished_at else None


class Requests:
    """The requests in the bucket; each one is read only once."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._cos: Cos = console.cos()
        self._known: dict[str, Recorded] = {}
        self._open: frozenset[str] | None = None

    def ready(self) -> None:
        """List the unfinished requests; call this before many requests are read in threads."""
        if self._open is None:
            self._open = frozenset(row.key for row in self._cos.below(OPEN, limit=EVERYTHING))

    def load(self, keys: Iterable[str]) -> None:
        """Read many requests in threads, by their identity hashes."""
        wanted = sorted({key for key in keys if key not in self._known})
        self.ready()
        self._console.each(self.read, wanted, _("requests read"))

    def read(self, key: str) -> Recorded:
        """The outcome of the request with this identity hash. Raises Unavailable, CloudError."""
        if key not in self._known:
            self._known[key] = self._read(key)
        return self._known[key]

    def _read(self, key: str) -> Recorded:
        number, outcome_at = 1, outcome_key(key, 1)
        outcome = self._load(outcome_at)
        if outcome.get("kind") != "receipt":
            number, outcome_at, outcome = self._newest(key)
        lease_at = lease_key(key, number)
        lease = self._load(lease_at)
        if not lease:
            return Recorded(f"req_{key[:32]}")
        kind = str(outcome.get("kind", ""))
        self.ready()
        return Recorded(
            request_id=f"req_{key[:32]}",
            function=str(lease.get("function", "?")),
            attempts=number,
            state=_state(kind, is_open=open_key(key) in (self._open or ())),
            caller=str(outcome.get("caller") or lease.get("caller") or ""),
            identity=tuple(str(part) for part in lease.get("identity", ())),
            command=dict(lease.get("command") or {}),
            result=dict(outcome.get("result") or {}),
            time=int(lease.get("time") or 0),
            finished_at=outcome.get("finished_at") if kind == "receipt" else None,
            code=dict(outcome.get("result") or {}).get("code") if kind == "released" else None,
            objects=(lease_at, outcome_at) if outcome else (lease_at,),
        )

    def _newest(self, key: str) -> tuple[int, str, dict[str, Any]]:
        rows = self._cos.below(f"{REQUESTS}{key}/", limit=EVERYTHING)
        number = max(1, sum(row.key.endswith("-lease.json") for row in rows))
        ended = outcome_key(key, number)
        return number, ended, self._load(ended) if any(row.key == ended for row in rows) else {}

    def _load(self, key: str) -> dict[str, Any]:
        found = self._cos.get(key)
        body = json.loads(found.body) if found else {}
        return body if isinstance(body, dict) else {}

    def credentials(self, recorded: Recorded) -> dict[str, Any] | None:
        """What happened to the file that a request delivered; None if it delivered none."""
        file = recorded.result.get("file")
        if not isinstance(file, str):
            return None
        opening, disputed = read_opening(self._cos, file), read_opening(self._cos, file, "-disputed")
        there, closed = self._cos.exists(file), self._cos.exists(note_key(file, "closed"))
        state = "waiting" if there else "destroyed" if closed else "gone"
        row: dict[str, Any] = {"state": state, "at": None, "address": None, "disputed_at": None}
        if opening is not None:
            word = "picked up" if opening.by == "person" else "closed by the sweep"
            row |= {"state": word, "at": opening.at, "address": opening.address}
        return row | {"disputed_at": disputed.at if disputed else None}


def _state(kind: str, *, is_open: bool) -> str:
    if kind == "receipt":
        return "notification due" if is_open else "finished"
    if kind == "released":
        return "failed, to be retried" if is_open else "failed"
    return "in progress or crashed"
