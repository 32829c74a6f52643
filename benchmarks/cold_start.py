"""Measures the time from process start to the first answer, for our functions and for the naive function.

python -m benchmarks.cold_start
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks.common import compiled, copied, naive_site, package
from benchmarks.first_events import create, grant, grant_by_kafka, look_up, provision, push, visit
from benchmarks.starts import Variant, instructions, measure, report
from local.cloud import LocalCloud
from local.hr.dingtalk import DingTalk

NOWHERE = "http://127.0.0.1:9"
"""An address at which nothing answers. Notifications that are sent there go to the outbox."""
RECEIVER = {"IM_ACCESS_NOTIFY_URL": NOWHERE, "IM_ACCESS_NOTIFY_SECRET": f"whsec_{'A' * 32}"}
"""A receiver of notifications, without which SCIM refuses to create users."""
BARE = "def main_handler(event, context): return {'statusCode': 201}\n"


def run(runs: int = 24) -> str:
    """Medians of so many runs, and their ratios to the naive function as the platform would start it."""
    with tempfile.TemporaryDirectory() as scratch, LocalCloud() as cloud:
        variants = _variants(Path(scratch))
        samples = measure(variants, cloud, Path(scratch), runs)
        counted = {one.name: instructions(one, cloud, Path(scratch, "event.json")) for one in variants}
    return report(samples, counted, "process start to first answer")


def _variants(scratch: Path) -> list[Variant]:
    naive, ours, bare = naive_site(scratch / "naive"), package(), scratch / "bare"
    plain = copied(ours, scratch / "ours-plain", bytecode=False)
    naive_plain = copied(naive, scratch / "naive-plain", bytecode=False)
    bare.mkdir()
    hr = DingTalk()
    (bare / "bare.py").write_text(BARE)
    return [
        Variant("naive create, without bytecode", "naive_create_user", naive_plain, create, "201"),
        Variant("naive create, with bytecode", "naive_create_user", compiled(naive), create, "201"),
        Variant("create, without bytecode", "create_user", plain, create, "201"),
        Variant("**create, as packaged**", "create_user", ours, create, "201"),
        Variant("grant over HTTP, as packaged", "grant_policy", ours, grant, "200"),
        Variant("grant by CKafka, as packaged", "grant_policy", ours, grant_by_kafka, "applied=1"),
        Variant("credentials page, as packaged", "claim_credentials", ours, visit, "404"),
        Variant("SCIM looks a user up, as packaged", "scim", ours, look_up, "200"),
        Variant("SCIM makes a user, as packaged", "scim", ours, provision, "201", RECEIVER),
        Variant("DingTalk's push, as packaged", "hr_events", ours, lambda _: push(hr), "200", hr.settings(NOWHERE)),
        Variant("an interpreter that answers at once", "bare", bare, create, "201"),
    ]


if __name__ == "__main__":
    sys.stdout.write(run() + "\n")
