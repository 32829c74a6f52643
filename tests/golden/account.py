"""Converts an account and its bucket to JSON, and puts them back into a world."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from local.cam.records import AccessKey, Attachment, User
from local.cos.models import StoredObject
from shared.version import __version__
from tests.world import World

FILES = Path(__file__).parent
Golden = dict[str, Any]
"""`version`; `at`, the moment; `users`, `keys` and `attachments` of CAM; `objects`, by key, with `body` and `at`."""


def taken(world: World) -> Golden:
    """The account and its bucket as JSON, without the local cloud's passwords and keys."""
    cam = world.cloud.cam
    uins = {user.uin for user in cam.users.values()}
    objects = world.cloud.cos.objects.data
    return {
        "version": __version__,
        "at": world.clock.now(),
        "users": [asdict(user) | {"password": "x"} for user in cam.users.values()],
        "keys": [asdict(key) | {"secret_key": "x"} for key in cam.keys.values() if key.uin in uins],
        "attachments": [
            [one.uin, cam.policies[one.policy_id].name, one.attached_at] for one in cam.attachments.values()
        ],
        "objects": {key: {"body": _body(objects[key]), "at": objects[key].last_modified} for key in sorted(objects)},
    }


def _body(stored: StoredObject) -> str:
    return "a file" if stored.key.startswith("credentials/") else stored.body.decode()


def restored(world: World, golden: Golden) -> None:
    """Put them into an empty world, at the moment at which they were taken."""
    cam, cos = world.cloud.cam, world.cloud.cos
    world.reset()
    world.clock.reach(golden["at"])
    for user in golden["users"]:
        cam.users[user["name"]] = User(**user)
        cam._last_uin = max(cam._last_uin, user["uin"])
        cam._names[user["uin"]] = user["name"]
    for key in golden["keys"]:
        cam.keys[key["access_key_id"]] = AccessKey(**key)
    for uin, name, at in golden["attachments"]:
        policy_id = cam.policy_id(name)
        cam.attachments[uin, policy_id] = Attachment(uin, policy_id, at, "1")
    for key, stored in golden["objects"].items():
        cos.objects[key] = StoredObject(key, stored["body"].encode(), {}, stored["at"])


def newest() -> Path:
    """The file of the version before, or of this one before its first release."""
    return max(FILES.glob("*.json"), key=lambda path: [int(part) for part in path.stem.split(".")])


def read(path: Path) -> Golden:
    """A golden account."""
    golden: Golden = json.loads(path.read_text(encoding="utf-8"))
    return golden
