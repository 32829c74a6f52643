"""Load `<module>.main_handler` as the platform does, call it with one event, and print the outcome.

python first_answer.py MODULE EVENT_FILE
"""

import importlib
import json
import os
import resource
import sys
from pathlib import Path


def main() -> None:
    """Run one cold start and print a line; the parent process measures the time until that line."""
    module, event = sys.argv[1:3]
    function = importlib.import_module(module)
    answer = function.main_handler(json.loads(Path(event).read_text()), {"request_id": "r", "time_limit_in_ms": 30000})
    used = resource.getrusage(resource.RUSAGE_SELF)
    status = answer.get("statusCode") or f"applied={answer['applied']}"
    sys.stdout.write(f"FIRST {status} {used.ru_utime + used.ru_stime} {peak()}\n")
    sys.stdout.flush()
    os._exit(0)  # end without Python's cleanup, which is not part of an answer


def peak() -> int:
    """The process's largest resident size so far, in MB; getrusage would include the parent's size before the fork."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    return int(status.read_text().split("VmHWM:")[1].split()[0]) // 1024


if __name__ == "__main__":
    main()
