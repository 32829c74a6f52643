"""Foreign clients against the local cloud: Tencent's SDKs for Node.js, kcat, Tencent's command line, SCIM's suites.

usage: interop.py [--require node,kcat,tccli,scim,scim-suites]

A client that is not on this machine is named in one line and passed over, unless it is required. Exit codes: 0 all that
ran has passed, 1 otherwise.
"""

import argparse
import csv
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from local.stack import LocalStack  # noqa: E402 - the repository is not installed
from tests.system.scim.shapes import STORIES  # noqa: E402 - as above
from tools.interop import scim_suites  # noqa: E402 - as above

NODE_PACKAGES = ("tencentcloud-sdk-nodejs-common@4.1.220", "cos-nodejs-sdk-v5@3.0.0")
# tccli as it is, except that its sample plugin wants the SDK of a product that nothing here uses.
TCCLI = """
import sys, types
for name in ("tencentcloud.cvm", "tencentcloud.cvm.v20170312"):
    sys.modules[name] = module = types.ModuleType(name)
    module.cvm_client = module.models = None
from tccli.main import main
sys.exit(main())
"""


class Failed(Exception):
    """A client did not do what it should; the text says what."""


def run(command: list[str], *, give: str = "", **env: str) -> str:
    """The standard output of a command. Raises Failed."""
    surroundings = {**os.environ, **env}
    done = subprocess.run(
        command, input=give, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        raise Failed(f"{Path(command[0]).name} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def alice(stack: LocalStack) -> tuple[str, str]:
    """Create her over HTTP and fetch her CSV; the SecretId and SecretKey in it. Raises Failed."""
    reply = stack.post("/create_user", {"user": "alice", "policies": ["QcloudIMReadOnlyAccess"]}, "interop")
    if reply.status != 201:
        raise Failed(f"create_user answered {reply.status}: {reply.body.decode()}")
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(reply.json()["credentials"]["url"], timeout=10) as file:
        row = list(csv.reader(io.StringIO(file.read().decode("utf-8-sig"), newline="")))[1]
    return row[3], row[4]


def node(stack: LocalStack, key: tuple[str, str]) -> None:
    """Tencent's SDKs, installed into a folder outside of the repository that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="im-access-interop-") as folder:
        quiet = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        run(["npm", "install", "--prefix", folder, *quiet, *NODE_PACKAGES])
        shutil.copy(HERE / "clients.js", folder)
        facts, pair = json.dumps(stack.info()), json.dumps({"secretId": key[0], "secretKey": key[1]})
        sys.stdout.write(run(["node", f"{folder}/clients.js"], FACTS=facts, KEY=pair))


def registry_missing(client: str) -> list[str]:
    """What a client is installed from, if it cannot be reached."""
    if client == "scim-suites":
        return scim_suites.missing()
    if client != "node":
        return []
    try:
        run(["npm", "ping", "--loglevel=error"])
    except (Failed, scim_suites.Failed, subprocess.TimeoutExpired):
        return ["a reachable npm registry"]
    return []


def kcat(stack: LocalStack, _key: tuple[str, str]) -> None:
    """A create through the topic, applied by the function."""
    facts = stack.info()
    data = {"user": "bob", "policies": ["QcloudIMReadOnlyAccess"]}
    event = {"specversion": "1.0", "type": "imaccess.user.create", "source": "/kcat", "id": "bob-joins", "data": data}
    run(["kcat", "-P", "-b", facts["kafka"], "-t", facts["topic"], "-k", "bob"], give=json.dumps(event) + "\n")
    deadline = time.monotonic() + 20
    while stack.cloud.cam.attached("bob") != data["policies"]:
        if time.monotonic() > deadline:
            raise Failed("the message of kcat was not applied within 20 seconds")
        time.sleep(0.05)
    print("kcat: its message created bob, with his policy")


def tccli(stack: LocalStack, key: tuple[str, str]) -> None:
    """The command line with the delivered key, and with the main account's."""

    def ask(service: str, action: str, secret_id: str, secret_key: str) -> Any:  # noqa: ANN401 - JSON
        where = ["--endpoint", stack.cloud.api_url, "--region", stack.cloud.region]
        keys = ["--secretId", secret_id, "--secretKey", secret_key]
        return json.loads(run([sys.executable, "-c", TCCLI, service, action, *where, *keys]))

    said = ask("sts", "GetCallerIdentity", *key)
    users = ask("cam", "ListUsers", stack.cloud.root.secret_id, stack.cloud.root.secret_key)["Data"]
    if said["UserId"] not in [str(user["Uin"]) for user in users if user["Name"] == "alice"]:
        raise Failed(f"tccli is told another identity than alice's: {said}")
    print("tccli: STS knows alice by the key of her CSV, CAM lists her")


def scim(stack: LocalStack, _key: tuple[str, str]) -> None:
    """The requests of known identity providers, as they send them."""
    print(scim_suites.shapes(f"{stack.url}/scim/v2", stack.scim_token, STORIES))


def scim_conformance(stack: LocalStack, _key: tuple[str, str]) -> None:
    """scim2-tester and scim-sanity, in an environment of their own."""
    for line in scim_suites.suites(f"{stack.url}/scim/v2", stack.scim_token):
        print(line)


CLIENTS: dict[str, tuple[Callable[[LocalStack, tuple[str, str]], None], tuple[str, ...]]] = {
    "node": (node, ("node", "npm")),
    "kcat": (kcat, ("kcat",)),
    "tccli": (tccli, ()),
    "scim": (scim, ()),
    "scim-suites": (scim_conformance, ()),
}


def main() -> int:
    """Run every client that is here; returns the exit code."""
    parser = argparse.ArgumentParser(description="Foreign clients against the local cloud.")
    parser.add_argument("--require", default="", help="clients that must be here, separated by commas")
    required = set(filter(None, parser.parse_args().require.split(",")))
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    failures = [f"{name}: no such client" for name in sorted(required - set(CLIENTS))]
    with LocalStack(0) as stack:
        key = alice(stack)
        for name, (client, programs) in CLIENTS.items():
            missing = [program for program in programs if not shutil.which(program)] or registry_missing(name)
            if missing:
                print(f"{name}: not tried, without {' and '.join(missing)} here")
                failures += [f"{name}: required, and not here"] if name in required else []
                continue
            try:
                client(stack, key)
            except (Failed, subprocess.TimeoutExpired, KeyError, ValueError) as error:
                failures.append(f"{name}: {error}")
    for failure in failures:
        print(f"FAILED {failure}", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
