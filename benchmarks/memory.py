"""Measures the peak memory of an instance that carries out one batch: `python -m benchmarks.memory`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.common import READ, add_users, environment, interpreter, package, table
from local.cloud import LocalCloud

ONE_BATCH = Path(__file__).with_name("one_batch.py")
SIZES = (1, 100, 1000)
SPEED = 8
"""How much faster the instance's clock runs; its requests are signed for 15 minutes around its own time."""


def run() -> str:
    """The largest resident size for each size of batch."""
    with tempfile.TemporaryDirectory() as scratch, LocalCloud() as cloud:
        rows = [(str(size), str(_peak(cloud, size, Path(scratch) / "event.json"))) for size in SIZES]
    return table(("messages in a batch of grants", "peak MB"), rows)


def _peak(cloud: LocalCloud, size: int, file: Path) -> int:
    users = [f"user-{size}-{n}" for n in range(size)]
    add_users(cloud, users)
    file.write_text(json.dumps({"Records": [_record(n, user) for n, user in enumerate(users)]}))
    surroundings = environment(cloud, package()) | {"IM_ACCESS_LOG_LEVEL": "ERROR"}
    words = [interpreter(), "-S", str(ONE_BATCH), str(file), str(SPEED)]
    done = subprocess.run(words, env=surroundings, capture_output=True, text=True, check=False)
    applied, peak = done.stdout.rpartition("PEAK ")[2].split() if "PEAK" in done.stdout else ("", "0")
    if applied != str(size):
        raise SystemExit(f"{size} messages: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return int(peak)


def _record(n: int, user: str) -> dict[str, object]:
    data = {"user": user, "policies": [READ]}
    envelope = {"specversion": "1.0", "type": "imaccess.policy.grant", "source": "/b", "id": user, "data": data}
    place = {"topic": "im-access", "partition": 0, "offset": n, "msgKey": "None"}
    return {"Ckafka": {**place, "msgBody": json.dumps(envelope)}}


if __name__ == "__main__":
    sys.stdout.write(run() + "\n")
