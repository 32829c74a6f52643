"""Brings CAM in line with the stored SCIM resources after a change, by the same commands that other callers send.

What is done follows from what the stored resources say now, not from the client's request. So the request, its
repetition and the sweep may each do it. The identity of a command is made from the change, so it is done once; its time
is the time of the change, so among other events the newest wins.
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

        False where everything that CAM shows is done, but the note has to be checked again when CAM shows the rest.
        Raises ImAccessError: then it is still due.
        """
        try:
            if note.kind == "users":
                self._user_change.apply(note.id)
            else:
                self._group_change.apply(note)
        except Settling:
            return False
        return True
