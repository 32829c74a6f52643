"""Runs Tencent's deployment library, which is installed outside of the repository for one run."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PACKAGES = ("tencent-component-toolkit@~2.27.6", "js-yaml@^4")
SCRIPT = Path(__file__).with_name("deploy.js")
VARIABLE = re.compile(r"\$\{env:(\w[\w.-]*)\}")

SAMPLES = {
    "IM_ACCESS_BUCKET": "im-access-1250000000",
    "IM_ACCESS_REGION": "ap-guangzhou",
    "IM_ACCESS_WEBHOOK_SECRETS": " ".join("hr=whsec_" + letter + "A" * 85 + "==" for letter in "BC"),
    "IM_ACCESS_NOTIFY_URL": "https://people.example.com/hooks/im-access",
    "IM_ACCESS_NOTIFY_SECRET": "whsec_" + "D" + "A" * 85 + "==",
    "CKAFKA_INSTANCE": "ckafka-abcd1234",
    "CKAFKA_TOPIC": "im-access",
    "VPC_ID": "vpc-abcd1234",
    "SUBNET_ID": "subnet-abcd1234",
    "CLS_LOGSET_ID": "00000000-0000-4000-8000-000000000001",
    "CLS_TOPIC_ID": "00000000-0000-4000-8000-000000000002",
}
"""What `${env:...}` becomes in the check; any other name gets a value made from it."""


class UnfitError(Exception):
    """This machine cannot run the check: node, npm or the network is missing."""


@dataclass(frozen=True)
class Request:
    """One API request that the library sent."""

    action: str
    params: dict[str, Any]


@dataclass(frozen=True)
class Deployment:
    """A file as the component gets it, and the requests of a first and of a second deployment."""

    inputs: dict[str, Any]
    first: list[Request]
    again: list[Request] = field(default_factory=list)
    problem: str | None = None


def install(folder: Path) -> Path:
    """Install the library with npm into `folder`; returns its node_modules. Raises `UnfitError`."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise UnfitError(f"{tool} is not installed")
    modules = folder / "node_modules"
    if not (modules / "tencent-component-toolkit").is_dir():
        command = ["npm", "install", "--prefix", str(folder), "--no-package-lock", "--no-audit", "--no-fund"]
        # Without a network npm would try each of 200 packages for minutes, even if all of them are in its cache.
        quick = ["--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000"]
        done = subprocess.run(
            [*command, *quick, "--ignore-scripts", *PACKAGES], capture_output=True, text=True, check=False
        )
        if done.returncode:
            errors = [line for line in done.stderr.splitlines() if line.startswith("npm error")]
            raise UnfitError(f"npm could not install {PACKAGES[0]}: {errors[0] if errors else 'it gave no reason'}")
    return modules


def deploy(file: Path, modules: Path) -> Deployment:
    """Let the library deploy a file twice to a platform that only records the requests."""
    names = set(VARIABLE.findall(file.read_text(encoding="utf-8")))
    env = json.dumps({name: SAMPLES.get(name, f"value-of-{name.lower()}") for name in names})
    command = ["node", str(SCRIPT), str(modules), str(file)]
    # TZ is for the library's log only; no other variable of this machine reaches the deployment.
    surroundings = {"PATH": os.environ.get("PATH", os.defpath), "TZ": "UTC"}
    done = subprocess.run(command, input=env, env=surroundings, capture_output=True, text=True, check=False)
    if done.returncode:
        raise UnfitError(f"node failed: {(done.stderr.strip() or 'it gave no reason').splitlines()[-1]}")
    result = json.loads(done.stdout)
    first, again = ([Request(one["Action"], one["params"]) for one in result[key]] for key in ("first", "again"))
    return Deployment(result["inputs"], first, again, result["problem"])
