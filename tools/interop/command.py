"""Runs the programs of foreign clients."""

import os
import subprocess
from pathlib import Path


class Failed(Exception):
    """A client or a suite failed; the text says what."""


def run(command: list[str], *, give: str = "", **env: str) -> str:
    """Run a command and return its standard output. Raises Failed."""
    surroundings = {**os.environ, **env}
    done = subprocess.run(
        command, input=give, env=surroundings, capture_output=True, text=True, timeout=300, check=False
    )
    if done.returncode:
        raise Failed(f"{Path(command[0]).name} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
