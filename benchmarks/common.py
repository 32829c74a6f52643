"""Helpers that the benchmarks share: a function's environment, copies of packages, tables."""

from __future__ import annotations

import hashlib
import os
import platform
import shutil
import statistics
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from local.cam.records import User
from local.cloud import LocalCloud
from local.scf.interpreter import python310, release

ROOT = Path(__file__).resolve().parent.parent
SCIM_TOKEN = "a-token-of-the-benchmarks"  # noqa: S105 - for the local cloud alone
READ, FULL = "QcloudIMReadOnlyAccess", "QcloudAVCFullAccess"
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


def interpreter() -> str:
    """A CPython 3.10, the platform's newest; the package is built for it."""
    found = python310()
    if found is None:
        raise SystemExit("The benchmarks of the package need a Python 3.10.")
    return found


def package() -> Path:
    """The folder of the package that `make package` has built."""
    folder = ROOT / "dist" / "package"
    if not folder.is_dir():
        raise SystemExit("There is no dist/package: run `make package` first.")
    return folder


def environment(cloud: LocalCloud, path: Path) -> dict[str, str]:
    """A function's environment as on the platform, with the local cloud's addresses. No bytecode is ever written."""
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
        "IM_ACCESS_SCIM_TOKENS": f"sha256:{hashlib.sha256(SCIM_TOKEN.encode()).hexdigest()}",
    }


def add_users(cloud: LocalCloud, names: Iterable[str]) -> None:
    """Add users to the local cloud."""
    for name in names:
        uin = cloud.cam.next_uin(name)
        cloud.cam.users[name] = User(uin, uin, name, cloud.clock.now())


def naive_site(target: Path) -> Path:
    """A folder with the naive function and its whole packages, at the versions of the lock, without bytecode."""
    wanted = {f"{name}==" for name in _NAIVE}
    blocks = (ROOT / "requirements" / "dev.txt").read_text().replace("\\\n", " ").splitlines()
    lines = [line for line in blocks if any(line.startswith(name) for name in wanted)]
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as lock:
        lock.write("\n".join(lines))
        lock.flush()
        options = ["--quiet", "--quiet", "--no-deps", "--require-hashes", "--no-compile", "--target", str(target)]
        subprocess.run([interpreter(), "-m", "pip", "install", *options, "-r", lock.name], check=True)
    # crcmod publishes no wheels; the set-up has built its pure Python form.
    import crcmod

    shutil.copytree(Path(crcmod.__file__).parent, target / "crcmod", ignore=shutil.ignore_patterns("*.so", "*.pyc"))
    shutil.copy(Path(__file__).parent / "naive" / "naive_create_user.py", target)
    return target


def copied(source: Path, target: Path, *, bytecode: bool = True) -> Path:
    """A copy of a package, with or without its bytecode."""
    ignored = None if bytecode else shutil.ignore_patterns("__pycache__")
    return Path(shutil.copytree(source, target, ignore=ignored))


def compiled(site: Path) -> Path:
    """The same folder with bytecode, compiled like the package's."""
    mode = ["--invalidation-mode", "unchecked-hash"]
    subprocess.run([interpreter(), "-m", "compileall", "-q", "-f", *mode, str(site)], check=True)
    return site


def paired(runs: Mapping[str, Sequence[float]], name: str, yardstick: str) -> float:
    """The median of the ratios of runs that were made one after the other."""
    return statistics.median(mine / other for mine, other in zip(runs[name], runs[yardstick], strict=True))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table."""
    return "\n".join(f"| {' | '.join(row)} |" for row in [header, ["---"] * len(header), *rows])


def where() -> str:
    """A line that describes this machine."""
    python = ".".join(map(str, release(interpreter())))
    return f"CPython {python}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, all on loopback"
