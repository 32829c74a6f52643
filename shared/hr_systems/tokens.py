"""A warm instance's cache of HR systems' access tokens and department names. Losing it only costs calls."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import NamedTuple

from shared.secret import Secret

_EARLY = 300.0
"""Seconds before its expiry from which on a token is not used any more."""
_NAMES_KEPT = 600.0
"""Seconds for which a department's name is cached."""

Key = tuple[str, ...]


class AccessToken(NamedTuple):
    """An access token, and the seconds for which it lives."""

    value: Secret
    lifetime: float


class Tokens:
    """The cache, by key (a system, an app, a department); all threads of an instance share it."""

    def __init__(self) -> None:
        self._tokens: dict[Key, tuple[Secret, float]] = {}
        self._names: dict[Key, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def get(self, key: Key, now: float, fetch: Callable[[], AccessToken]) -> Secret:
        """The cached token, or a new one. Raises what `fetch` raises."""
        with self._lock:
            value, until = self._tokens.get(key, (Secret(""), 0.0))
            if now >= until:
                token = fetch()
                value = token.value
                self._tokens[key] = (value, now + max(0.0, token.lifetime - _EARLY))
            return value

    def forget(self, key: Key, token: Secret) -> None:
        """Remove this token, because it was rejected."""
        with self._lock:
            if self._tokens.get(key, (None, 0.0))[0] == token:
                del self._tokens[key]

    def name(self, key: Key, now: float, fetch: Callable[[], str]) -> str:
        """The cached name, or one that is looked up. Raises what `fetch` raises."""
        found, until = self._names.get(key, ("", 0.0))
        if now >= until:
            found = fetch()
            self._names[key] = (found, now + _NAMES_KEPT)
        return found
