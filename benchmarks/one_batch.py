"""Carry out one CKafka batch on a clock that runs faster, so that no time is lost in waiting; print the peak memory.

python one_batch.py EVENT_FILE SPEED
"""

import importlib
import json
import os
import sys
import time
from pathlib import Path

from shared.bootstrap.container import Container
from shared.bootstrap.instance import Instance
from shared.entrypoints.detect import handle
from shared.operations import GRANT_POLICY


class FastClock:
    """A clock that runs several times faster than the machine's."""

    def __init__(self, speed: float) -> None:
        self._speed = speed
        self._began = time.time()

    def now(self) -> float:
        """Seconds since the epoch by this clock."""
        return self._began + (time.time() - self._began) * self._speed

    def sleep(self, seconds: float) -> None:
        """Sleep the seconds divided by the speed."""
        time.sleep(seconds / self._speed)


def main() -> None:
    """Carry out the batch, then print the peak memory."""
    event = json.loads(Path(sys.argv[1]).read_text())
    container = Container(
        "grant_policy", {"time_limit_in_ms": 900_000}, os.environ, Instance(), FastClock(float(sys.argv[2]))
    )
    counters = handle(event, {}, GRANT_POLICY, container)
    peak = importlib.import_module("first_answer").peak()  # from the folder of this program, not from the package
    sys.stdout.write(f"\nPEAK {counters['applied']} {peak}\n")


if __name__ == "__main__":
    main()
