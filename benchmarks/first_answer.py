"""Load `<module>.main_handler` from the path as the platform does, hand it one event, and print the answer's status.

python first_answer.py MODULE EVENT_FILE
"""

import importlib
import json
import os
import resource
import sys
from pathlib import Path


def main() -> None:
    """One cold start: the parent measures until the line arrives."""
    module, event = sys.argv[1:3]
    function = importlib.import_module(module)
    answer = function.main_handler(json.loads(Path(event).read_text()), {"request_id": "r", "time_limit_in_ms": 30000})
    used = resource.getrusage(resource.RUSAGE_SELF)
    cpu, peak = used.ru_utime + used.ru_stime, used.ru_maxrss // 1024
    sys.stdout.write(f"FIRST {answer['statusCode']} {cpu} {peak}\n")
    sys.stdout.flush()
    os._exit(0)  # what Python tidies up is not part of an answer


if __name__ == "__main__":
    main()
