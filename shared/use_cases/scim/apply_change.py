"""Brings CAM in line with what a change of a SCIM resource left, by the commands that everybody else sends.

Nothing is decided by the request of a client alone. What is done follows from what the stored resources say now, so the
request, its repetition and the sweep may each do it. A command has the identity of the change, so it is done once for
it, and the time of the change, so among other events the newest wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Settling
from shared.use_cases.scim.apply_group_change import ApplyGroupChange
from shared.use_cases.scim.apply_user_change import ApplyUserChange

if TYPE_CHECKING:
    from shared.scim.documents import Documents
    from shared.scim.due_changes import Note
    from shared.scim.group_policies import Groups
    from shared.scim.protected_users import ProtectedUsers
    from shared.scim.resource_records import UserRecord
    from shared.use_cases.scim.ports import Ports


class ApplyChange:
    """The use case, for one invocation."""

    def __init__(self, ports: Ports, users: Documents[UserRecord], groups: Groups, hidden: ProtectedUsers) -> None:
        self._user_change = ApplyUserChange(ports, users, groups, hidden)
        self._group_change = ApplyGroupChange(ports, users, groups, hidden)

    def apply(self, note: Note) -> bool:
        """Do what the change of a note asks for.

        False where all is done that CAM shows by now, and the note has to be looked at once more when it shows the
        rest. Raises ImAccessError: then it is still due.
        """
        try:
            if note.kind == "users":
                self._user_change.apply(note.id)
            else:
                self._group_change.apply(note)
        except Settling:
            return False
        return True
