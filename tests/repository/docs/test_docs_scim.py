"""docs/scim.md as its reader follows it, and the same in Chinese."""

from __future__ import annotations

import json
import urllib.request
from pathlib import Path

from tests.repository.docs import markdown
from tests.repository.docs.session import Ground, environment, run, shape

PAGE, CHINESE = "docs/scim.md", "docs/scim.zh-CN.md"


def test_a_newcomer_sees_a_user_appear_join_leave_and_come_back(tmp_path: Path) -> None:
    """Block after block in one shell against the local cloud; each answer is the user or the group as it is then."""
    with Ground() as ground:
        env = environment(ground.stack, tmp_path, stand_ins_first=True)
        texts = [text for _, text in run((PAGE,), ("shell",), ground.stack, env)]
        told = [json.loads(text.splitlines()[-1]) for text in texts]
        [shown] = markdown.blocks(PAGE, "output")
        assert shape(told[0]) == shape(json.loads(shown.text))
        token = ground.stack.info()["scim_token"]
        for address in (told[0]["meta"]["location"], f"{ground.stack.url}/scim/Users/{told[0]['id']}/?shape=apigw"):
            asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - it is local
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked) as answer:
                assert json.loads(answer.read())["meta"]["location"] == told[0]["meta"]["location"]
        assert [row["value"] for row in told[1]["members"]] == [told[0]["id"]]
        assert [one["active"] for one in told[2:]] == [False, True]
        cam = ground.stack.cloud.cam
        assert cam.users["alice"].console_login
        assert cam.attached("alice") == ["QcloudIMReadOnlyAccess"]
        types = [event["type"] for event in ground.receiver.events]
        # Of somebody who leaves within a minute of coming, the offboard is over once CAM has surely shown everything.
        assert types == ["imaccess.user.created", "imaccess.policy.granted", "imaccess.user.restored"]


def test_both_languages_say_the_same() -> None:
    """The same blocks, headings of the same depth, and tables of the same size."""
    english, chinese = markdown.read(PAGE), markdown.read(CHINESE)
    assert [block.text for block in markdown.blocks(PAGE)] == [block.text for block in markdown.blocks(CHINESE)]
    assert _outline(english) == _outline(chinese)


def _outline(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line[:1] in ("#", "|")]
    return [line.split(" ")[0] if line.startswith("#") else "|" * line.count(" | ") for line in lines]
