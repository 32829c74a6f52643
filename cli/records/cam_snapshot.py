"""Collects what CAM shows of every user, no faster than its quotas allow; an interrupted run can be continued.

Until the collection is complete, its data is kept in `$XDG_CACHE_HOME/im-access/` (else `~/.cache/im-access/`),
readable by its owner only: names, ids of keys and dates, but no secret.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from cli.language import _
from cli.terminal.console import Console
from shared.tencent.cam import Cam
from shared.tencent.cam_listing import AccessKey, Listing, SubUser

_FRESH = 86_400.0
"""Seconds after which stored data is too old to be used by a later run."""


class Facts(NamedTuple):
    """One user. `groups`: for each policy the groups that give it; None if that was not asked for."""

    direct: tuple[str, ...]
    keys: tuple[AccessKey, ...]
    groups: dict[str, tuple[str, ...]] | None = None


class Gathered(NamedTuple):
    """The facts of all users. `last_uses` by key, `last_logins` by UIN; empty if they were not asked for."""

    users: dict[int, SubUser]
    facts: dict[int, Facts]
    last_uses: dict[str, str | None]
    last_logins: dict[int, str | None]


class Gathering:
    """Collects the facts of one account.

    `quick` leaves out groups, last uses and last logins; without `activity` only the latter two are left out.
    """

    def __init__(self, console: Console, *, quick: bool, resume: bool, activity: bool = True) -> None:
        api = console.api()
        self._console = console
        self._listing, self._cam = Listing(api), Cam(api)
        self._quick = quick
        self._activity = activity and not quick
        self._file = _place(console)
        self._known = _load(self._file, console.clock.now()) if resume else {}

    def all(self) -> Gathered:
        """Collect everything. What was collected before an interruption is stored."""
        users = self.users()
        try:
            facts = dict(zip(users, self._console.each(self._of, list(users), _("users read from CAM")), strict=True))
        except BaseException:
            self._keep()
            raise
        logins: dict[int, str | None] = {}
        uses: dict[str, str | None] = {}
        if self._activity:
            self._console.progress.step(_("asking for last logins and last uses"))
            logins = self._listing.last_logins(list(users))
            uses = self._listing.last_uses([key.secret_id for one in facts.values() for key in one.keys])
        if self._file is not None:
            self._file.unlink(missing_ok=True)
        return Gathered(users, facts, uses, logins)

    def users(self) -> dict[int, SubUser]:
        """Every sub-user, as CAM lists them now."""
        return {user.uin: user for user in self._listing.users()}

    def look_again(self, uins: Sequence[int]) -> dict[int, Facts]:
        """The facts of some users, as CAM shows them now."""
        for uin in uins:
            self._known.pop(str(uin), None)
        return {uin: self._of(uin) for uin in uins}

    def _of(self, uin: int) -> Facts:
        known = self._known.get(str(uin))
        if known is not None and (self._quick or known["groups"] is not None):
            keys = tuple(AccessKey(*key) for key in known["keys"])
            groups = {name: tuple(some) for name, some in (known["groups"] or {}).items()}
            return Facts(tuple(known["direct"]), keys, None if known["groups"] is None else groups)
        direct = tuple(sorted(name or str(id_) for id_, name in self._cam.attached(uin).items()))
        rows = None if self._quick else self._listing.by_groups(uin)
        found = Facts(direct, tuple(self._listing.keys(uin)), rows)
        self._known[str(uin)] = found._asdict()
        return found

    def _keep(self) -> None:
        if self._file is None or not self._known:
            return
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        body = json.dumps({"v": 1, "at": self._console.clock.now(), "facts": self._known})
        with os.fdopen(os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(body)
        self._console.changed.append(_("what was read is kept: --resume goes on with it"))


def _place(console: Console) -> Path | None:
    env = console.env
    base = env.get("XDG_CACHE_HOME", "").strip() or (f"{env['HOME']}/.cache" if env.get("HOME") else "")
    where = console.environment
    account = "|".join(where.get(name, "") for name in ("IM_ACCESS_BUCKET", "IM_ACCESS_API_ENDPOINT"))
    name = hashlib.sha256(account.encode()).hexdigest()[:16]
    return Path(base, "im-access", f"review-{name}.json") if base else None


def _load(file: Path | None, now: float) -> dict[str, Any]:
    try:
        stored = json.loads(file.read_text("utf-8")) if file is not None else {}
        return dict(stored["facts"]) if stored["v"] == 1 and now - stored["at"] < _FRESH else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}
