"""The quotas that the functions keep to are those of the local cloud, and each call of CAM has one."""

from __future__ import annotations

import re
from pathlib import Path

from local.cam.service import CAM
from local.sts.responses import STS
from shared.tencent.rate_limit import QUOTAS

ROOT = Path(__file__).resolve().parents[3]


def test_quotas_are_those_of_the_local_cloud() -> None:
    """Both have them from the documentation, each in its own words."""
    rates = {name: action.rate for service in (CAM, STS) for name, action in service.actions.items()}
    assert {name: rates[name] for name in QUOTAS} == QUOTAS


def test_each_call_has_a_quota() -> None:
    """A call without one goes out at any pace, whatever the account is refused."""
    called = {
        name
        for path in (ROOT / "shared" / "tencent").glob("*.py")
        for name in re.findall(r'self\._(?:do|look|pages|make)\(\s*"(\w+)"', path.read_text("utf-8"))
    }
    assert len(called) > 10
    assert called <= set(QUOTAS), "add it to QUOTAS of shared/tencent/rate_limit.py"
