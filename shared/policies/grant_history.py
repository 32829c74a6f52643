"""Finds out whether a later request gave a policy again, so that the earlier request may not revoke it."""

from __future__ import annotations

from shared.people.life import newest_of
from shared.policies.ledger import Ledger


class GrantHistory:
    """Reads the ledger and the lives of users."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def uin(self, user: str) -> int | None:
        """The UIN of the last user with this name that these functions created; None where there was none."""
        rows = self._ledger.lives.rows(user)
        return next((row.life.uin for row in rows if row.life.effect == "create"), None)

    def granted_later(self, user: str, policy: str, request: str) -> bool:
        """Whether the newest event that gave the policy belongs to another request than this one."""
        uin = self.uin(user)
        if uin is None:
            return False
        row = newest_of(self._ledger.lives.rows(user), uin)
        floor = row.life.floor if row else 0
        counted = [found.entry for found in self._ledger.rows(uin, policy) if found.entry.time >= floor]
        if counted:
            return counted[0].effect == "grant" and counted[0].request != request
        return row is not None and row.life.request != request and policy in self._ledger.lives.given(row.life)
