"""Deletes the API keys that earlier attempts of a create made. It never deletes others."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import Conflict
from shared.ports import Directory, User


def delete_own_keys(cam: Directory, user: User, marks: Sequence[str], lately: bool) -> None:
    """Delete the keys that earlier attempts of a request made. Raises Conflict `keys_not_own` before any is deleted.

    AddUser is asked for no key, so each key of the request was made by CreateAccessKey, with a mark as its description
    (https://cloud.tencent.com/document/product/598/45156). Where CAM shows no descriptions at all, the keys of a user
    that this request created `lately` count as its own, because nobody can have repaired anything by hand yet. Later
    that is unknown, and nothing is deleted.
    """
    keys = cam.descriptions(user.uin)
    unmarked = lately and all(description is None for description in keys.values())
    if any(description not in marks for description in keys.values()) and not unmarked:
        raise Conflict("keys_not_own")
    for secret_id in keys:
        cam.delete_key(user.uin, secret_id)
