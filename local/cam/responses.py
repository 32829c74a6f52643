"""The CAM service with all its actions registered."""

from local.cam import account, attachments, boundaries, keys, policies, roles, users
from local.cam.service import CAM

__all__ = ["CAM", "account", "attachments", "boundaries", "keys", "policies", "roles", "users"]
