"""A batch of 200 grants in real time, against the quota's rate: `python -m benchmarks.throttled_batch`.

The local cloud enforces CAM's rates and answers over HTTP after 40 ms (CAM) and 15 ms (COS); the function runs in this
process. The results are shares of what the quota allows, so they do not depend on the machine, if it can send a hundred
calls a second.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

from benchmarks.common import ROOT, environment
from local.cam.records import User
from local.cloud import LocalCloud
from shared.bootstrap.container import Container
from shared.bootstrap.instance import Instance
from shared.clock import SystemClock
from shared.entrypoints.detect import handle
from shared.operations import GRANT_POLICY
from shared.tencent.rate_limit import QUOTAS

GRANTS = 200
QUOTA = QUOTAS["AttachUserPolicy"]


def measure(prepare: Callable[[LocalCloud], object] = bool) -> tuple[float, float, int]:
    """Grants per second, the share of CAM's calls that were throttled, and how many deliveries it took."""
    with LocalCloud() as cloud:
        users = [f"user-{n}" for n in range(GRANTS)]
        for user in users:
            uin = cloud.cam.next_uin(user)
            cloud.cam.users[user] = User(uin, uin, user, cloud.clock.now())
        cloud.latency = {"cam": 0.040, "cos": 0.015}
        cloud.cam.enforce_rates = True
        env = environment(cloud, ROOT) | {"IM_ACCESS_LOG_LEVEL": "CRITICAL"}
        warm, deliveries, started = Instance(), 0, time.monotonic()
        prepare(cloud)
        while True:
            deliveries += 1
            container = Container("grant_policy", {"time_limit_in_ms": 60_000}, env, warm, SystemClock())
            try:
                done = handle(_batch(users), {}, GRANT_POLICY, container)
            except Exception as error:  # noqa: BLE001 - what the platform would see; it delivers the batch again
                sys.stderr.write(f"{error}\n")
                continue
            break
        seconds = time.monotonic() - started
        assert done["parked"] == 0  # noqa: S101 - a failure is no measurement
        calls = cloud.journal.calls(service="cam")
        throttled = sum(call.code.startswith("RequestLimitExceeded") for call in calls)
        return GRANTS / seconds, throttled / len(calls), deliveries


def _batch(users: list[str]) -> dict[str, object]:
    place = {"topic": "im-access", "partition": 0, "msgKey": "None"}
    return {"Records": [{"Ckafka": {**place, "offset": n, "msgBody": _body(user)}} for n, user in enumerate(users)]}


def _body(user: str) -> str:
    data = {"user": user, "policies": ["QcloudIMReadOnlyAccess"]}
    event = {"specversion": "1.0", "type": "imaccess.policy.grant", "source": "/benchmark", "id": user, "data": data}
    return json.dumps(event)


if __name__ == "__main__":
    rows = {"calm": measure(), "storm of 10 s": measure(lambda cloud: cloud.faults.storm(share=0.5, seconds=10))}
    sys.stdout.write(
        "| 200 grants | of the quota's rate | CAM's calls throttled | deliveries |\n| --- | --- | --- | --- |\n"
    )
    for name, (rate, throttled, deliveries) in rows.items():
        sys.stdout.write(f"| {name} | {rate / QUOTA:.0%} | {throttled:.1%} | {deliveries} |\n")
