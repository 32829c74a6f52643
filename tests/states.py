"""Reads the final state of a user, and checks it."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

import requests

from local.cam.records import AccessKey, User
from local.cloud import LocalCloud
from tests.receiver import Receiver

_browser = requests.Session()
"""Of whoever follows a link: one session, since each loads all certificates anew."""
_browser.trust_env = False


@dataclass(frozen=True)
class State:
    """The final state of a user. `files` has every object under `credentials/`, of all users."""

    cloud: LocalCloud
    user: User | None
    keys: list[AccessKey]
    attached: list[str]
    files: dict[str, bytes]
    receipts: list[dict[str, Any]]
    notifications: list[tuple[str, dict[str, Any]]]

    @property
    def row(self) -> dict[str, str]:
        """The one row of the one credentials file."""
        assert len(self.files) == 1, f"{len(self.files)} credentials files"
        (content,) = self.files.values()
        assert content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
        assert len(rows) == 1
        return rows[0]

    def assert_access(self, *, console: bool = True, api: bool = True) -> None:
        """Check that there is one user and one file, and that CAM accepts its password and has its key as the
        only one.
        """
        assert self.user is not None, "no user"
        row = self.row
        assert row["User name"] == self.user.name
        assert self.user.console_login is console
        if console:
            assert self.cloud.cam.login(self.cloud.owner_uin, self.user.name, row["Password"]), "a stale password"
        else:
            assert (row["Password"], row["Login URL"]) == ("", "")
        assert [key.status for key in self.keys] == ["Active"] * api, f"{len(self.keys)} keys"
        secrets = [(key.access_key_id, key.secret_key) for key in self.keys]
        assert (row["SecretId"], row["SecretKey"]) == (secrets[0] if api else ("", "")), "a stale key"

    def assert_told(self) -> dict[str, Any]:
        """Check that there is one receipt, and that all notifications are the same event. Returns the data of the last
        one.
        """
        assert len(self.receipts) == 1, f"{len(self.receipts)} receipts"
        assert self.notifications, "nobody was told"
        assert len({message_id for message_id, _ in self.notifications}) == 1, "told under several ids"
        assert len({event["id"] for _, event in self.notifications}) == 1
        data: dict[str, Any] = self.notifications[-1][1]["data"]
        return data

    def assert_link(self, url: str) -> None:
        """The link downloads the one file."""
        answer = _browser.get(url, timeout=30)
        assert answer.status_code == 200, answer.status_code
        assert answer.content == next(iter(self.files.values()))


def end_state(cloud: LocalCloud, receiver: Receiver, user: str) -> State:
    """Read the state from the local cloud's tables, without any lag."""
    objects = {key: stored.body for key, stored in list(cloud.cos.objects.data.items())}
    outcomes = [json.loads(body) for key, body in objects.items() if key.endswith("-outcome.json")]
    receipts = [outcome for outcome in outcomes if outcome["kind"] == "receipt"]
    return State(
        cloud,
        cloud.cam.users.data.get(user),
        cloud.cam.keys_of(user),
        cloud.cam.attached(user),
        {key: body for key, body in objects.items() if key.startswith("credentials/")},
        [receipt for receipt in receipts if receipt["result"]["user"]["name"] == user],
        receiver.about(user),
    )
