"""Runs conformance suites of SCIM, in an environment of their own, and the requests of known clients.

scim2-tester counts a check that it could not try as a failure; here only a failed check is one.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import urllib.error
import urllib.parse
import urllib.request
import venv
from collections.abc import Callable
from typing import Any

from tools.interop.command import Failed, run

SANITY = "scim-sanity==0.7.4"
SUITES = (SANITY, "scim2-cli==0.6.0" if sys.version_info >= (3, 11) else "scim2-cli==0.3.0")
"""The newest versions for this Python; newer ones of scim2-models need 3.11."""


def suites(url: str, token: str) -> list[str]:
    """The results of the suites, one line for each. Raises Failed."""
    with tempfile.TemporaryDirectory(prefix="im-access-scim-") as folder:
        venv.create(folder, with_pip=True)
        python = f"{folder}/bin/python"
        run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *SUITES])
        return [_tester(folder, url, token), _sanity(folder, url, token)]


def missing() -> list[str]:
    """What is missing to install the suites."""
    with tempfile.TemporaryDirectory(prefix="im-access-scim-") as folder:
        command = [sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", folder, SANITY]
        done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    return ["a reachable package index"] if done.returncode else []


def shapes(url: str, token: str, stories: tuple[Callable[[Any], None], ...]) -> str:
    """Send the requests of known clients. Raises Failed."""
    for story in stories:
        try:
            story(_sender(url, token))
        except (AssertionError, KeyError) as error:
            raise Failed(f"{story.__name__}: {error!r} in line {_line(error)}") from None
    return f"shapes: {', '.join(story.__name__ for story in stories)}"


def _line(error: BaseException) -> int:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace.tb_lineno if trace else 0


def _tester(folder: str, url: str, token: str) -> str:
    env = {"PATH": "/usr/bin:/bin", "SCIM_CLI_HEADERS": f"Authorization: Bearer {token}", "NO_PROXY": "127.0.0.1"}
    done = subprocess.run(
        [f"{folder}/bin/scim2", "--url", url, "test"], env=env, capture_output=True, text=True, timeout=600, check=False
    )
    lines = done.stdout.splitlines()
    good = sum(line.startswith("SUCCESS") for line in lines)
    bad = [place for place, line in enumerate(lines) if line.startswith(("ERROR", "CRITICAL"))]
    if bad or good < 80:
        errors = ["\n".join(lines[place : place + 4]) for place in bad]
        raise Failed("scim2-tester: " + "\n".join(errors) + done.stderr[-2000:])
    return f"scim2-tester: {good} checks good, {sum(line.startswith('SKIPPED') for line in lines)} not tried"


def _sanity(folder: str, url: str, token: str) -> str:
    output = run([f"{folder}/bin/scim-sanity", "probe", url, "--token", token, "--i-accept-side-effects"])
    summary = next((line.strip() for line in output.splitlines() if " passed" in line), "")
    if "failed" in summary or not summary:
        raise Failed(f"scim-sanity: {output}")
    return f"scim-sanity: {summary}"


def _sender(url: str, token: str) -> Any:  # noqa: ANN401 - a function of any keywords
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def send(method: str, path: str, body: object = None, *, token: str = token, **query: str) -> tuple[int, Any]:
        target = url + path + (f"?{urllib.parse.urlencode(query)}" if query else "")
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/scim+json"}
        request = urllib.request.Request(target, data, headers, method=method)  # noqa: S310 - the local cloud
        try:
            with opener.open(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"{}")

    return send
