"""The actions that scenes use: send commands over HTTP and Kafka, print the answers, and check what they promise."""

import csv
import io
import json
import time
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from local.demo.stage import Stage
from local.demo.world import World
from local.scf.client import sign

READ, FULL = "QcloudIMReadOnlyAccess", "QcloudAVCFullAccess"
TYPES = {
    "create_user": "imaccess.user.create",
    "grant_policy": "imaccess.policy.grant",
    "revoke_policy": "imaccess.policy.revoke",
}


def event(function: str, data: Mapping[str, Any], *, ago: timedelta = timedelta()) -> dict[str, Any]:
    """A CloudEvent, as an HR system would send it. Its time has a fraction, because two events can share a second."""
    moment = (datetime.now(timezone.utc) - ago).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    kind = {"specversion": "1.0", "type": TYPES[function], "source": "/demo/hr", "id": str(uuid.uuid4())}
    return {**kind, "time": moment, "data": dict(data)}


class Actor:
    """The actions that scenes share, on one world, shown on one stage."""

    def __init__(self, world: World, stage: Stage) -> None:
        self.world = world
        self.stage = stage

    def call(
        self, function: str, body: Mapping[str, Any], identity: str = "", secret: str = ""
    ) -> tuple[int, dict[str, Any]]:
        """Send a command or an event over HTTP, signed as a Standard Webhook; print the request and the answer."""
        raw = json.dumps(body).encode()
        identity = identity or f"msg_{uuid.uuid4().hex[:12]}"
        headers = sign(secret or self.world.stack.webhook_secret, raw, identity)
        self.stage.sent(f"POST {self.world.stack.url}/{function}", body, headers)
        status, answer = self.world.post(function, raw, headers)
        self.stage.answer(f"{function} answers {status}", answer)
        return status, answer

    def queue(self, function: str, data: Mapping[str, Any]) -> dict[str, Any]:
        """Send an event through Kafka and wait until the functions took it; print it and every function's answer."""
        message = event(function, data)
        self.stage.sent(f"Kafka topic {self.world.stack.kafka.topic}", message)
        taken = self.world.delivered(*self.world.produce(message, data["user"]))
        self.stage.answers("answers the trigger", {name: one.result.value for name, one in sorted(taken.items())})
        return {name: delivery.result.value for name, delivery in taken.items()}

    def download(self, link: str, user: str) -> list[str]:
        """Fetch a credentials file, print it, and check that what it says is true. Returns its row, a list of cells."""
        status, headers, body = self.world.fetch(link)
        self.stage.file(f"the link answers {status}: {headers.get('Content-Disposition')}", body.decode("utf-8-sig"))
        head, row = csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""))
        self.stage.check(
            "the file has the five columns, and one row for the user",
            (head, row[1]) == (["Login URL", "User name", "Password", "SecretId", "SecretKey"], user),
        )
        self.stage.check("nobody caches it: Cache-Control: no-store", headers.get("Cache-Control") == "no-store")
        owner, cam = self.world.stack.cloud.owner_uin, self.world.stack.cloud.cam
        self.stage.check("the password logs in to the console", owner in row[0] and cam.login(owner, user, row[2]))
        self.stage.check("another password does not", not cam.login(owner, user, row[2] + "x"))
        said = self.world.api("sts", "GetCallerIdentity", {}, keys=(row[3], row[4]))
        self.stage.cloud("STS GetCallerIdentity, signed by Tencent's SDK with the key of the file", said)
        self.stage.check(
            "the key is the user's", (said["Type"], said["UserId"]) == ("CAMUser", str(self.world.uin(user)))
        )
        return row

    def follow(self, user: str, before: list[str], expected: list[str]) -> None:
        """Show the user's policies in CAM before and after, and check those after."""
        after = self.world.policies(user)
        names = sorted({READ, FULL, *before, *after})
        mark = {True: "attached", False: "-"}
        rows = [(name, mark[name in before], mark[name in after]) for name in names]
        self.stage.table(f"Policies of {user} in CAM", ("policy", "before", "after"), rows)
        self.stage.check(f"CAM shows for {user}: {', '.join(expected) or 'nothing'}", after == sorted(expected))


def seconds_left(expires_at: str, now: float | None = None) -> float:
    """Seconds until an RFC 3339 time, from now or from another moment (seconds since the epoch)."""
    moment = datetime.fromisoformat(expires_at.replace("Z", "+00:00")).timestamp()
    return moment - (time.time() if now is None else now)
