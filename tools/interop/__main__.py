"""Run foreign clients against the local cloud: Tencent's SDKs for Node.js, kcat, Tencent's command line, SCIM's suites.

    python -m tools.interop [--require node,kcat,tccli,scim,scim-suites]

A client that is not installed on this machine is named in one line and skipped, unless it is required. Exit codes: 0
all clients that ran have passed, 1 otherwise.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable

from local.stack import LocalStack
from tests.system.scim.shapes import STORIES
from tools.interop import scim_suites
from tools.interop.clients import alice, kcat, node, tccli
from tools.interop.command import Failed, run


def registry_missing(client: str) -> list[str]:
    """What is missing to install a client."""
    if client == "scim-suites":
        return scim_suites.missing()
    if client != "node":
        return []
    try:
        run(["npm", "ping", "--loglevel=error"])
    except (Failed, subprocess.TimeoutExpired):
        return ["a reachable npm registry"]
    return []


def scim(stack: LocalStack, _key: tuple[str, str]) -> None:
    """Send the requests of known identity providers."""
    print(scim_suites.shapes(f"{stack.url}/scim/v2", stack.scim_token, STORIES))


def scim_conformance(stack: LocalStack, _key: tuple[str, str]) -> None:
    """Run scim2-tester and scim-sanity, in an environment of their own."""
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
    """Run every client that is installed; returns the exit code."""
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
