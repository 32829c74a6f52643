"""The CAM service with all its actions registered."""

from local.cam import (
    account,
    all_policies,
    attachments,
    boundaries,
    entities,
    group_policies,
    groups,
    keys,
    last_use,
    memberships,
    policies,
    roles,
    service_access,
    user_lists,
    users,
)
from local.cam.service import CAM

__all__ = [
    "CAM",
    "account",
    "all_policies",
    "attachments",
    "boundaries",
    "entities",
    "group_policies",
    "groups",
    "keys",
    "last_use",
    "memberships",
    "policies",
    "roles",
    "service_access",
    "user_lists",
    "users",
]
