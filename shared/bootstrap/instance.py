"""What a process keeps between invocations: connections, the rate of its calls, and cached look-ups."""

from __future__ import annotations

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from shared.notifications.receivers import Receivers
from shared.policies.catalog import PolicyCache
from shared.policies.sub_users import UserCache
from shared.tencent.http import Http
from shared.tencent.rate_limit import RateLimiter
from shared.tencent.role_credentials import FirstSeen

if TYPE_CHECKING:
    from shared.hr_systems.tokens import Tokens


class Instance:
    """A warm instance of a function. Losing it costs only time."""

    def __init__(self, http: Http | None = None) -> None:
        self.http = http or Http()
        self.first_seen = FirstSeen()
        self.rate_limiter = RateLimiter()
        self.policies = PolicyCache()
        self.users = UserCache()
        self.owner_uin = ""
        self.own_uin: tuple[str, str] = ("", "")
        self.bucket_checked = False
        self.receivers = Receivers()
        self.hidden: dict[tuple[str, str], tuple[float, frozenset[str]]] = {}
        self.lock = threading.Lock()

    @cached_property
    def hr_tokens(self) -> Tokens:
        """The access tokens of HR systems; most functions need none."""
        from shared.hr_systems.tokens import Tokens

        return Tokens()


_instance: Instance | None = None


def instance() -> Instance:
    """The instance of this process."""
    global _instance  # noqa: PLW0603 - the one thing that outlives an invocation
    _instance = _instance or Instance()
    return _instance
