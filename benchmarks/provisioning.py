"""Measures processor time per user, for a warm instance and for Tencent's command line doing a part of the work.

python -m benchmarks.provisioning

tccli creates the user and attaches the policy, whose id it gets: two of the thirteen calls. It does not write the
lease, the life, the credentials file and the receipt.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.common import READ, add_users, interpreter, table
from benchmarks.warm_path import EVENTS, surroundings
from local.cloud import LocalCloud

# tccli's example plugin wants the products of the full SDK, hundreds of megabytes: it runs without plugins.
TCCLI = "import sys, tccli.plugin; tccli.plugin._imported = True; from tccli.main import main; sys.exit(main())"


def run(turns: int = 10) -> str:
    """Medians of so many users."""
    with LocalCloud() as cloud:
        theirs = [_by_tccli(cloud, f"t{turn}") for turn in range(turns + 1)][1:]
        ours = _by_functions(cloud, turns * 3)
    mine, other = statistics.median(ours), statistics.median(theirs)
    rows = [
        ("tccli: AddUser, AttachUserPolicy", f"{other * 1000:.0f}", "1"),
        ("a warm `create_user`, all of it", f"{mine * 1000:.1f}", f"1/{other / mine:.0f}"),
    ]
    return table(("a user with a policy", "CPU ms", "ratio"), rows)


def _by_tccli(cloud: LocalCloud, name: str) -> float:
    with tempfile.TemporaryDirectory() as home:
        before = _children()
        password = ("--Password", "Aa1!0123456789", "--ConsoleLogin", "1", "--UseApi", "1")
        added = _tccli(cloud, home, "AddUser", "--Name", name, *password)
        uin, policy = str(added["Uin"]), str(cloud.cam.policy_id(READ))
        _tccli(cloud, home, "AttachUserPolicy", "--AttachUin", uin, "--PolicyId", policy)
        return _children() - before


def _tccli(cloud: LocalCloud, home: str, *words: str) -> dict[str, object]:
    surroundings = {
        "PATH": os.environ["PATH"],
        "HOME": home,
        "TENCENTCLOUD_SECRET_ID": cloud.root.secret_id,
        "TENCENTCLOUD_SECRET_KEY": cloud.root.secret_key,
        "TENCENTCLOUD_REGION": cloud.region,
        "PYTHONWARNINGS": "ignore",
    }
    command = [sys.executable, "-c", TCCLI, "cam", *words, "--endpoint", cloud.api_url]
    done = subprocess.run(command, env=surroundings, cwd=home, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"tccli: {done.stderr}")
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _by_functions(cloud: LocalCloud, turns: int) -> list[float]:
    words = [interpreter(), "-S", str(EVENTS), "create", str(turns)]
    add_users(cloud, ["ours", "bare"])
    with tempfile.TemporaryDirectory() as scratch:
        where = surroundings(cloud, Path(scratch))
        done = subprocess.run(words, env=where, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [mine[1] for mine, _ in json.loads(done.stdout.rpartition("MEASURED ")[2])]


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.stdout.write(run() + "\n")
