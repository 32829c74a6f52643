"""`python -m local up` serves the local cloud until it is stopped; `python -m local demo` shows the whole story."""

import argparse
import importlib
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # At run time these are imported later, so that a missing dependency gives one line instead of a traceback.
    from rich.console import Console

    from local.scf import LogLine
    from local.stack import LocalStack

ROLES = ("the gateway", "CAM and STS", "COS")
COMMANDS = """\
# A command over HTTP, signed as a Standard Webhook
base={gateway} secret='{webhook_secret}'
call() {{ # call <function> <command>
  id=msg_$(openssl rand -hex 8) now=$(date +%s)
  key=$(printf %s "${{secret#whsec_}}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')
  sig=$(printf %s "$id.$now.$2" | openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)
  curl -sS "$base/$1" -H 'content-type: application/json' -H "webhook-id: $id" -H "webhook-timestamp: $now" \\
    -H "webhook-signature: v1,$sig" --data-raw "$2"; echo
}}
call create_user '{{"user": "alice", "policies": ["QcloudIMReadOnlyAccess"]}}'
call grant_policy '{{"user": "alice", "policies": ["QcloudAVCFullAccess"]}}'
call revoke_policy '{{"user": "alice", "policies": ["QcloudAVCFullAccess"]}}'

# A command over Kafka
echo '{{"specversion": "1.0", "type": "imaccess.user.create", "source": "/shell", "id": "'$(openssl rand -hex 8)'",\
 "data": {{"user": "bob", "policies": ["QcloudIMReadOnlyAccess"]}}}}' | kcat -P -b {kafka} -t {topic}

# The timer, and what was mailed and notified
curl -sS -X POST {gateway}/sweep
curl -sS {mailbox} {notifications}

# What the account holds, with Tencent's own command line
tccli cam ListUsers --endpoint {api} --region {region} --secretId {secret_id} --secretKey {secret_key}
"""


def main(argv: list[str] | None = None) -> int:
    """Run one subcommand and return its exit code: 0, or 2 if the machine or the command line is not fit for it."""
    parser = arguments()
    known, rest = parser.parse_known_args(argv)
    if known.command != "demo" and rest:
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    try:
        if known.command == "hr":
            return int(importlib.import_module("local.hr.command").run(known))
        return demo(rest) if known.command == "demo" else up(known.base_port, known.quiet, known.package)
    except ModuleNotFoundError as error:
        if (error.name or "").startswith("local"):
            raise
        return refuse(f"the Python module {error.name} is missing; `make test` or `make demo` installs it in .venv")


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser("python -m local", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("up", help="serve CAM, STS, COS, Kafka and the functions on loopback until stopped")
    serve.add_argument("--base-port", type=port, default=8080, help="gateway; +1 is CAM and STS, +2 COS; 0: any free")
    serve.add_argument("--quiet", action="store_true", help="do not print the functions' logs")
    serve.add_argument("--package", type=Path, help="run the functions of this zip, which `make package` writes")
    happens = commands.add_parser("hr", help="change an employee in a simulated HR system of the running local cloud")
    importlib.import_module("local.hr.command").arguments(happens)
    commands.add_parser("demo", help="create, fetch, grant and revoke, step by step", add_help=False)
    return parser


def port(text: str) -> int:
    """A base port that leaves room for two more. Raises `ValueError`, which argparse explains."""
    number = int(text)
    if not 0 <= number <= 65533:
        raise ValueError(text)
    return number


def refuse(reason: str) -> int:
    """Print in one line why nothing runs."""
    print(f"local: {reason}", file=sys.stderr)
    return 2


def demo(argv: list[str]) -> int:
    """Run the demo."""
    return int(importlib.import_module("local.demo").main(argv))


def up(base_port: int, quiet: bool, package: Path | None = None) -> int:
    """Serve until SIGINT or SIGTERM."""
    from rich.console import Console

    from local.ports import PortInUseError
    from local.scf.model import EnvironmentTooLargeError
    from local.scf.package import PackageError
    from local.stack import LocalStack

    console = Console(highlight=False, soft_wrap=True, markup=False)
    settings = {name: value for name, value in os.environ.items() if name.startswith("IM_ACCESS_")}
    stopped = stop_signal()
    try:
        stack = LocalStack(base_port, package=package, env=settings, log=show(console, quiet), warn=console.print)
        with stack:
            announce(console, stack)
            os.read(stopped, 1)
    except PortInUseError as taken:
        role = ROLES[taken.port - base_port]
        return refuse(f"port {taken.port} ({role}) is in use; choose three free ones: --base-port {base_port + 1000}")
    except (EnvironmentTooLargeError, PackageError) as error:
        return refuse(str(error))
    return 0


def stop_signal() -> int:
    """A file descriptor that becomes readable on SIGINT or SIGTERM. The signals themselves interrupt nothing, so that
    starting and stopping are never cut short.
    """
    reading, writing = os.pipe()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: os.write(writing, b"\n"))
    return reading


def announce(console: "Console", stack: "LocalStack") -> None:
    """Print all addresses, and commands to try."""
    facts = stack.info()
    console.print("The local cloud is up. Ctrl-C stops it.\n", style="bold green")
    width = max(map(len, facts))
    for name, value in facts.items():
        console.print(f"{name:{width}}  {value}")
    console.print(f"{'functions':{width}}  {' '.join(stack.functions) or 'none found'}\n")
    console.print(COMMANDS.format(**facts), style="dim" if console.is_terminal else None)


def show(console: "Console", quiet: bool) -> "Callable[[LogLine], None]":
    """A log sink for a terminal: it prints the output and errors of functions, and how long they took."""

    def write(line: "LogLine") -> None:
        said = line.kind == "output"
        if not quiet and (said or line.text.startswith(("ERROR", "Report"))):
            console.print(f"{line.function} {line.request_id[:8]} {line.text}", style=None if said else "dim")

    return write
