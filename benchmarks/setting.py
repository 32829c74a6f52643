"""What the benchmarks have in common: the interpreter, the environment of a function, the naive function's packages."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from local.cloud import LocalCloud

ROOT = Path(__file__).resolve().parent.parent
_NAIVE = [
    "annotated-types",
    "certifi",
    "charset-normalizer",
    "cos-python-sdk-v5",
    "idna",
    "pycryptodome",
    "pydantic",
    "pydantic-core",
    "requests",
    "six",
    "structlog",
    "tencentcloud-sdk-python-cam",
    "tencentcloud-sdk-python-common",
    "typing-extensions",
    "typing-inspection",
    "urllib3",
    "xmltodict",
]


@cache
def interpreter() -> str:
    """A CPython 3.10, the platform's newest; the package is built for it."""
    candidates = [sys.executable, shutil.which("python3.10") or "", *map(str, _pyenv())]
    for candidate in candidates:
        if candidate and _version(candidate) == "3.10":
            return candidate
    raise SystemExit("The benchmarks of the package need a Python 3.10.")


def environment(cloud: LocalCloud, path: Path) -> dict[str, str]:
    """What a function finds on the platform, for the local cloud: no bytecode is ever written."""
    role = cloud.role_credentials()
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(path),
        "PYTHONDONTWRITEBYTECODE": "x",
        "TENCENTCLOUD_SECRETID": role.secret_id,
        "TENCENTCLOUD_SECRETKEY": role.secret_key,
        "TENCENTCLOUD_SESSIONTOKEN": role.token,
        "IM_ACCESS_BUCKET": cloud.bucket,
        "IM_ACCESS_REGION": cloud.region,
        "IM_ACCESS_API_ENDPOINT": cloud.api_url,
        "IM_ACCESS_COS_ENDPOINT": cloud.cos_url,
        "IM_ACCESS_HTTP_AUTH": "platform",
    }


def naive_site(target: Path) -> Path:
    """The naive function with its packages as they come, at the versions of the lock."""
    wanted = {f"{name}==" for name in _NAIVE}
    blocks = (ROOT / "requirements" / "dev.txt").read_text().replace("\\\n", " ").splitlines()
    lines = [line for line in blocks if any(line.startswith(name) for name in wanted)]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as lock:
        lock.write("\n".join(lines))
        lock.flush()
        options = ["--quiet", "--quiet", "--no-deps", "--require-hashes", "--no-compile", "--target", str(target)]
        subprocess.run([interpreter(), "-m", "pip", "install", *options, "-r", lock.name], check=True)
    # crcmod has no wheel for any platform; the set-up has built its Python form.
    import crcmod

    shutil.copytree(Path(crcmod.__file__).parent, target / "crcmod", ignore=shutil.ignore_patterns("*.so", "*.pyc"))
    shutil.copy(Path(__file__).parent / "naive" / "naive_create_user.py", target)
    return target


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, after a line that says where it was measured."""
    lines = [f"| {' | '.join(row)} |" for row in [header, ["---"] * len(header), *rows]]
    return f"{where()}\n\n" + "\n".join(lines)


def where() -> str:
    """The machine, in a line."""
    python = _version(interpreter(), full=True)
    return f"CPython {python}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, all on loopback."


def _pyenv() -> list[Path]:
    return sorted((Path.home() / ".pyenv" / "versions").glob("3.10*/bin/python3.10"))


def _version(python: str, *, full: bool = False) -> str:
    part = "sys.version.split()[0]" if full else "'%d.%d' % sys.version_info[:2]"
    done = subprocess.run([python, "-c", f"import sys; print({part})"], check=False, capture_output=True, text=True)
    return done.stdout.strip()
