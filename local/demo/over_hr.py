"""`python -m local demo --hr`: somebody joins, moves and leaves in a simulated Feishu and in a simulated WeCom.

From the signed, encrypted event to the policy in CAM, the mail in the mailbox and the page behind its link.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from local.cam.records import User
from local.demo.over_page import readable
from local.demo.stage import Stage
from local.demo.world import A_MINUTE
from local.deployment import REPOSITORY
from local.hr.systems import deliver
from local.stack import LocalStack

READ, FULL = "QcloudIMReadOnlyAccess", "QcloudAVCFullAccess"
RULES = {
    "v": 1,
    "user_name": ["{email.local}", "{employee}"],
    "delivery": {"console_login": True, "api_access": False},
    "leaver": {"delete_after_days": 30},
    "rules": [
        {"name": "support reads", "when": {"departments": ["客服"]}, "policies": [READ]},
        {"name": "operators", "when": {"departments": ["运营"]}, "policies": [FULL]},
    ],
}
PEOPLE = {
    "feishu": ("zhangwei", "张伟", "wei.zhang"),
    "wecom": ("LiNa", "李娜", "na.li"),
}
"""In each system somebody's id, name, and the user that the rules make of the address."""


def play(stage: Stage, package: Path | None = None) -> None:
    """All scenes, on a cloud of their own."""
    stage.say("HR systems on a local cloud: Feishu and WeCom are simulated, all that follows is real.", "bold")
    with LocalStack(0, package=package, env={"IM_ACCESS_DELIVERY": "claim"}) as stack:
        scenes = Scenes(stage, stack)
        scenes.rules()
        for system, (employee, name, user) in PEOPLE.items():
            scenes.joins(system, employee, name, user)
            scenes.moves(system, employee, user)
            scenes.leaves(system, employee, user)


class Scenes:
    """The scenes, on one stage and one cloud."""

    def __init__(self, stage: Stage, stack: LocalStack) -> None:
        self._stage = stage
        self._stack = stack

    def rules(self) -> None:
        """Push the rules (which position gets which policy) with the operator's command."""
        self._stage.step("Rules say who gets what", "They live in the bucket, and each version is kept.")
        stack = self._stack
        root = {"SECRETID": stack.cloud.root.secret_id, "SECRETKEY": stack.cloud.root.secret_key}
        env = {**os.environ, **stack.environment, **{f"TENCENTCLOUD_{name}": text for name, text in root.items()}}
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "rules.json")
            path.write_text(json.dumps(RULES, ensure_ascii=False), "utf-8")
            command = [sys.executable, "-m", "cli.main", "rules", "push", "--yes", str(path)]
            ran = subprocess.run(command, cwd=REPOSITORY, env=env, capture_output=True, text=True, check=False)
        self._stage.sent("im-access rules push rules.json", RULES["rules"])
        self._stage.check("the rules are taken", ran.returncode == 0)

    def joins(self, system: str, employee: str, name: str, user: str) -> None:
        """Somebody joins: a user with a policy is created, and a mail arrives whose link leads to the page."""
        self._stage.step(f"{name} joins, in {system}", "The event is signed, encrypted, and answered at once.")
        mails = len(self._stack.mailbox.mails)
        self._happens(system, "joiner", id=employee, name=name, email=f"{user}@example.com", departments=("客服",))
        self._stage.check(f"{user} can read, as the rules say", self._policies(user) == [READ])
        new_mails = self._stack.mailbox.mails[mails:]
        self._stage.check(
            f"one mail goes to {user}@example.com", [m.recipients for m in new_mails] == [(f"{user}@example.com",)]
        )
        shown = new_mails[0].shown()
        self._stage.answer("the mail", {"to": shown["to"], "subject": shown["subject"]})
        link = re.search(r"http://\S+/claim_credentials/\S+", str(shown["text"]))
        page = self._fetch(link[0]) if link else b""
        self._stage.file("the page behind its link", readable(page))
        self._stage.check("the link leads to the page", user.encode() in page)

    def moves(self, system: str, employee: str, user: str) -> None:
        """Somebody changes position: a policy that the rules gave and no longer give is taken away."""
        self._stage.step(f"{user} moves to another department")
        self._happens(system, "mover", id=employee, departments=("运营",))
        self._stage.check(f"{user} operates, and reads no more by the old rule", self._policies(user) == [FULL])

    def leaves(self, system: str, employee: str, user: str) -> None:
        """Somebody leaves: access is closed at once, though the event holds nothing but an id."""
        self._stage.step(f"{user} leaves", "The event holds little more than an id: who that is was remembered.")
        # Let more than a minute pass after joining, as in real life; else the functions wait until CAM shows all
        # changes.
        self._stack.cloud.clock.advance(A_MINUTE)
        self._happens(system, "leaver", id=employee)
        found: User = self._stack.cloud.cam.users[user]
        self._stage.check(f"{user} has no policy", self._policies(user) == [])
        self._stage.check(f"{user} cannot log in", not found.console_login)
        inbox = self._stack.cloud.cos.list("inbox/").objects
        letters = self._stack.cloud.cos.list("dead-letters/").objects
        self._stage.check("nothing waits, and nothing failed", not inbox and not letters)

    def _happens(self, system: str, verb: str, **changes: Any) -> None:  # noqa: ANN401 - of an Employee's fields
        """Let the event happen in the HR system, and wait until the functions have worked on it."""
        push = self._stack.hr.happens(system, verb, changes)
        address = f"{self._stack.url}/hr_events/{system}"
        self._stage.sent(f"POST {address}", push.body.decode()[:60] + "…")
        statuses = deliver(self._stack.hr.all[system], push, address, lambda _: None)
        self._stage.answer("answered", statuses)
        self._stage.check(f"{system} is answered with 200 at its first try", statuses == [200])
        self._stack.settle()

    def _policies(self, user: str) -> list[str]:
        return sorted(self._stack.cloud.cam.attached(user))

    def _fetch(self, link: str) -> bytes:
        import urllib.request

        with urllib.request.urlopen(link, timeout=20) as answer:  # noqa: S310 - our own gateway
            found: bytes = answer.read()
            return found
