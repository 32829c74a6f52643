"""Looks policies up in CAM by name. authorization.py decides which of them may be given."""

from typing import NamedTuple

from shared.errors import ImAccessError
from shared.ports import Clock, Directory, Policy, UnknownAction

KEPT = 300.0
"""Seconds for which a warm instance caches the policy of a name."""


class RememberedPolicy(NamedTuple):
    """A cached policy, and until when. `confirmed`: it was read by its id and is a preset."""

    policy: Policy
    until: float
    confirmed: bool = False


class PolicyCache:
    """The cache of a warm instance, by name."""

    def __init__(self) -> None:
        self.rows: dict[str, RememberedPolicy] = {}


class PolicyCatalog:
    """Finds policies by name."""

    def __init__(self, cam: Directory, cache: PolicyCache, clock: Clock) -> None:
        self._cam = cam
        self._cache = cache
        self._clock = clock

    def resolve(self, name: str) -> Policy:
        """The policy with exactly this name; Tencent's own where a custom one has the same name. Raises
        `policy_missing`.
        """
        found = self.find(name)
        if found is None:
            raise ImAccessError("policy_missing", f"CAM has no policy {name}")
        return found

    def find(self, name: str, *, afresh: bool = False) -> Policy | None:
        """As `resolve`, but None where CAM has no such policy; `afresh`: without the cache."""
        known = None if afresh else self._known(name)
        if known is not None:
            return known.policy
        found = self._find(name)
        if found is None:
            self._cache.rows.pop(name, None)
        else:
            self._cache.rows[name] = RememberedPolicy(found, self._clock.now() + KEPT)
        return found

    def is_cached(self, name: str, *, confirmed: bool) -> bool:
        """Whether `resolve`, or with `confirmed` also `confirm`, needs no call."""
        known = self._known(name)
        return known is not None and (known.confirmed or not confirmed)

    def confirm(self, policy: Policy) -> Policy:
        """The policy, read again by its id, with its document. So it is noticed if another policy has the name now.

        One of Tencent's own is read once for as long as it is cached, because no customer can rename or change it. If
        the cloud has no GetPolicy, the list is read again; then there is no document.
        """
        known = self._known(policy.name)
        if known is not None and known.confirmed and known.policy.id == policy.id:
            return known.policy
        try:
            found = self._read(policy) or self._read(self.refresh(policy.name))
        except UnknownAction:
            return self.refresh(policy.name)
        if found is None:
            raise ImAccessError("policy_missing", f"CAM does not confirm the policy {policy.name}")
        if found.preset:
            self._cache.rows[found.name] = RememberedPolicy(found, self._clock.now() + KEPT, confirmed=True)
        return found

    def _known(self, name: str) -> RememberedPolicy | None:
        known = self._cache.rows.get(name)
        return known if known is not None and known.until > self._clock.now() else None

    def _read(self, listed: Policy) -> Policy | None:
        """The policy with the id of a listed one, if it is the same. Either may not say whether it is a preset."""
        found = self._cam.policy(listed.id)
        if found is None or found.name != listed.name:
            return None
        if found.preset is None:
            return found._replace(preset=listed.preset)
        return found if listed.preset in (None, found.preset) else None

    def refresh(self, name: str) -> Policy:
        """Resolve a name without the cache."""
        self._cache.rows.pop(name, None)
        return self.resolve(name)

    def _find(self, name: str) -> Policy | None:
        # How Keyword matches is not documented, so without a hit all policies are listed.
        for keyword in (name, None):
            found = [policy for policy in self._cam.policies("All", keyword) if policy.name == name]
            if found:
                return min(found, key=lambda policy: (not policy.preset, policy.id))
        return None
