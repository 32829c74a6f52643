"""Deletes the API keys that earlier attempts of a create made; it may replace no others."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import Conflict
from shared.ports import Directory, User


def delete_own_keys(cam: Directory, user: User, marks: Sequence[str], lately: bool) -> None:
    """Delete the keys that earlier attempts of a request made. Raises Conflict `keys_not_own`, before any is deleted.

    AddUser is asked for no key, so each key of the request was made by CreateAccessKey, with a mark for description
    (https://cloud.tencent.com/document/product/598/45156). Where CAM tells no descriptions at all, the keys of a user
    that this request made `lately` are taken for its own: nobody has repaired anything by hand yet. Later nobody can
    tell, and then nothing is deleted.
    """
    keys = cam.descriptions(user.uin)
    unmarked = lately and all(description is None for description in keys.values())
    if any(description not in marks for description in keys.values()) and not unmarked:
        raise Conflict("keys_not_own")
    for secret_id in keys:
        cam.delete_key(user.uin, secret_id)
