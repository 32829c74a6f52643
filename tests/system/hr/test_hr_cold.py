"""A cold start that takes an event loads what that needs and no more: DingTalk waits for 1.5 seconds."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from local.hr.records import Employee
from local.hr.systems import HrSystems
from tests.repository.docs.markdown import REPOSITORY
from tests.system.hr.events import post

WEI = Employee("zhangwei", "张伟")
NEEDLESS = (
    *("pydantic", "shared.commands", "shared.operations", "shared.tencent.cam", "shared.use_cases"),
    *("shared.hr_systems.event_reader", "shared.people.person", "shared.people.person_records", "shared.idempotency"),
)
PROGRAM = """
import json, sys
import hr_events
from shared.bootstrap.container import Container

class Bucket:
    def create(self, key, body):
        return key.startswith("inbox/")

Container.store = lambda container, deadline: Bucket()
statuses = [hr_events.main_handler(event, {"time_limit_in_ms": 30000})["statusCode"] for event in json.load(sys.stdin)]
print("TOLD", *statuses, *set(json.loads(sys.argv[1])) & set(sys.modules))
"""


def test_an_event_is_taken_without_what_its_work_needs() -> None:
    """Of each system: no command, no rules, no CAM, and not the library that checks commands."""
    systems = HrSystems()
    events = [post(name, system.joined(WEI)) for name, system in systems.all.items()]
    env = systems.settings() | {"IM_ACCESS_BUCKET": "b-1250000000", "IM_ACCESS_REGION": "ap-guangzhou"}
    env |= {"TENCENTCLOUD_SECRETID": "a", "TENCENTCLOUD_SECRETKEY": "b", "TENCENTCLOUD_SESSIONTOKEN": "c"}
    env |= {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(map(str, (REPOSITORY, REPOSITORY / "functions")))}
    env = {name: value for name, value in env.items() if not name.endswith("_ENDPOINT")}
    words = [sys.executable, "-c", PROGRAM, json.dumps(NEEDLESS)]
    ran = subprocess.run(words, env=env, input=json.dumps(events), capture_output=True, text=True, check=False)
    assert [line for line in ran.stdout.splitlines() if line.startswith("TOLD")] == ["TOLD 200 200 200 200"], ran.stderr
