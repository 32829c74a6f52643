"""Measures the processor time for importing each library in a new process, and for the alternative that was chosen.

python -m benchmarks.imports
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.common import compiled, copied, interpreter, naive_site, package, paired, table

OURS = "import http.client; from tencentcloud.common.sign import Sign"
GENERIC = "import requests; from tencentcloud.common.common_client import CommonClient"
AES = "from shared.event_sources.hr.aes_cbc import encrypt; encrypt(bytes(32), bytes(16), b'', 32)"
TWENTY = "import dataclasses, typing\nfor _ in range(20):"
CASES = {
    "an interpreter alone": "pass",
    "pydantic": "from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator",
    "structlog": "import structlog",
    "`http.client` and the SDK's signer": OURS,
    "… and all of our client": f"{OURS}; import shared.tencent.cam, shared.tencent.sts, shared.tencent.cos",
    "urllib3 and the SDK's signer (was used before)": "import urllib3; from tencentcloud.common.sign import Sign",
    "requests and the SDK's generic client": GENERIC,
    "… and the typed CAM client": f"{GENERIC}; from tencentcloud.cam.v20190116 import cam_client, models",
    "… or the official COS SDK": f"{GENERIC}; import qcloud_cos",
    "AES by `cryptography`": AES,
    "twenty frozen dataclasses": f"{TWENTY}\n @dataclasses.dataclass(frozen=True)\n class A: a: int; b: str; c: str",
    "twenty named tuples": f"{TWENTY}\n class A(typing.NamedTuple): a: int; b: str; c: str",
}


def run(runs: int = 15) -> str:
    """Medians, and their ratios to the generic client of Tencent's SDK."""
    with tempfile.TemporaryDirectory() as scratch:
        site = naive_site(Path(scratch) / "site")
        for library in ("shared", "cryptography"):
            copied(package() / library, site / library, bytecode=False)
        for backend in package().glob("_cffi_backend*"):
            shutil.copy(backend, site)
        plain = copied(site, Path(scratch) / "plain", bytecode=False)
        spent: dict[str, list[float]] = {f"{kind}{name}": [] for name in CASES for kind in ("", "plain ")}
        for turn in range(runs + 1):
            for name, code in CASES.items():
                for kind, path in (("", compiled(site) if not turn else site), ("plain ", plain)):
                    seconds = _spent(code, path)
                    if turn:
                        spent[kind + name].append(seconds)
    generic = "requests and the SDK's generic client"
    rows = [
        (
            name,
            f"{statistics.median(spent[name]) * 1000:.0f}",
            f"{paired(spent, name, generic):.2f}",
            f"{statistics.median(spent[f'plain {name}']) * 1000:.0f}",
            f"{paired(spent, f'plain {name}', f'plain {generic}'):.2f}",
        )
        for name in CASES
    ]
    return table(("imported", "CPU ms", "ratio", "CPU ms without bytecode", "ratio"), rows)


def _spent(code: str, path: Path) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    surroundings = {"PATH": os.environ["PATH"], "PYTHONPATH": str(path), "PYTHONDONTWRITEBYTECODE": "x"}
    program = f"{code}\nimport os; os._exit(0)"
    subprocess.run([interpreter(), "-S", "-W", "ignore", "-c", program], env=surroundings, cwd="/", check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    sys.stdout.write(run() + "\n")
