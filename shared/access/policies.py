"""What the names of policies are in CAM. Which of them may be given is the guard's to say (guard.py)."""

from __future__ import annotations

from dataclasses import replace

from shared.access.ports import Clock, Directory
from shared.cloud.cam import Policy
from shared.errors import CloudError, ImAccessError

KEPT = 300.0
"""Seconds for which a warm instance remembers the id behind a name."""


class PolicyCache:
    """What a warm instance remembers: a policy and until when, by name."""

    def __init__(self, rows: dict[str, tuple[Policy, float]] | None = None) -> None:
        self.rows = rows or {}


class Policies:
    """Names resolved to policies."""

    def __init__(self, cam: Directory, cache: PolicyCache, clock: Clock) -> None:
        self._cam = cam
        self._cache = cache
        self._clock = clock

    def resolve(self, name: str) -> Policy:
        """The policy of exactly this name; Tencent's own where a custom one has the same. Raises `policy_missing`."""
        known = self._cache.rows.get(name)
        if known is not None and known[1] > self._clock.now():
            return known[0]
        found = self._find(name)
        if found is None:
            raise ImAccessError("policy_missing", f"CAM has no policy {name}")
        self._cache.rows[name] = (found, self._clock.now() + KEPT)
        return found

    def confirm(self, policy: Policy) -> Policy:
        """The same policy read back by its id, with its document: nothing is given under a name that has moved on.

        A cloud that knows no GetPolicy is asked for its list again; then there is no document.
        """
        try:
            found = self._read(policy) or self._read(self.refresh(policy.name))
        except CloudError as error:
            if error.cloud_code != "InvalidAction":
                raise
            return self.refresh(policy.name)
        if found is None:
            raise ImAccessError("policy_missing", f"CAM does not confirm the policy {policy.name}")
        return found

    def _read(self, listed: Policy) -> Policy | None:
        """The policy behind the id of a listed one, where it is the same; either may not say whether it is a preset."""
        found = self._cam.policy(listed.id)
        if found is None or found.name != listed.name:
            return None
        if found.preset is None:
            return replace(found, preset=listed.preset)
        return found if listed.preset in (None, found.preset) else None

    def refresh(self, name: str) -> Policy:
        """Forget what was remembered of a name, and resolve it."""
        self._cache.rows.pop(name, None)
        return self.resolve(name)

    def _find(self, name: str) -> Policy | None:
        # How Keyword matches is not documented: without a hit, everything is paged through.
        for keyword in (name, None):
            found = [policy for policy in self._cam.policies("All", keyword) if policy.name == name]
            if found:
                return min(found, key=lambda policy: (not policy.preset, policy.id))
        return None
