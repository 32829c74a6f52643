"""Runs the shell and Python blocks of a page as a reader would: in order, in one shell, with one local cloud."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.scf import LogLine
from local.stack import LocalStack
from tests.repository.docs import markdown
from tests.repository.docs.markdown import REPOSITORY, Block

PROGRAMS = Path(__file__).with_name("programs")
MARK = "#### block "


class Ground:
    """A local cloud with a receiver of notifications, and the functions' own log lines; not started yet."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []
        self.stack = LocalStack(0, log=self._note)
        self.receiver = self.stack.receiver

    def __enter__(self) -> Ground:
        self.stack.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.stop()

    def _note(self, line: LogLine) -> None:
        if line.kind == "output":
            self.lines.append(json.loads(line.text))


def environment(stack: LocalStack, folder: Path, *, stand_ins_first: bool) -> dict[str, str]:
    """The environment of a shell: stand-ins for missing programs, and the variables that an operator has set."""
    for program in PROGRAMS.glob("*.py"):
        wrapper = folder / program.stem.removesuffix("_program")
        wrapper.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {shlex.quote(str(program))} "$@"\n')
        wrapper.chmod(0o755)
    parts = [str(folder), os.environ["PATH"]]
    return {
        "PATH": os.pathsep.join(parts if stand_ins_first else reversed(parts)),
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        **stack.environment,
        "TENCENTCLOUD_SECRETID": stack.cloud.root.secret_id,
        "TENCENTCLOUD_SECRETKEY": stack.cloud.root.secret_key,
    }


def script(blocks: list[Block], stack: LocalStack) -> str:
    """One shell script of all blocks, each announced by a line, pointed at the cloud of this test."""
    parts = ["set -eu"]
    for number, block in enumerate(blocks):
        text = block.text.replace("http://127.0.0.1:8080", stack.url)
        if block.language == "python":
            text = f"{shlex.quote(sys.executable)} - <<'END_OF_PYTHON'\n{text}END_OF_PYTHON\n"
        text = text.replace("--local ", f"--local --local-port {stack.url.rpartition(':')[2]} ")
        text = text.replace(".venv/bin/im-access", f"{shlex.quote(sys.executable)} -m cli.main")
        parts.append(f"echo '{MARK}{number}'\n{text}")
    return "\n".join(parts)


def run(
    pages: tuple[str, ...], kinds: tuple[str, ...], stack: LocalStack, env: dict[str, str]
) -> list[tuple[Block, str]]:
    """The output of each of the pages' blocks of these kinds. Fails with the shell's own message."""
    blocks = [block for page in pages for block in markdown.blocks(page) if block.kind in kinds]
    ran = subprocess.run(
        ["/bin/sh", "-c", script(blocks, stack)],
        cwd=REPOSITORY,
        env=env,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    printed = [part.partition("\n")[2] for part in ran.stdout.split(MARK)[1:]]
    return list(zip(blocks, printed, strict=True))


def shape(value: object) -> object:
    """The names and types of a JSON value."""
    if isinstance(value, dict):
        return {name: shape(one) for name, one in value.items()}
    if isinstance(value, list):
        return [shape(one) for one in value[:1]]
    return type(value).__name__
