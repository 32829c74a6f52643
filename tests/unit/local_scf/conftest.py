"""Small functions, written for one test each, and the platform that runs them."""

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.scf import Function, LogLine, Role, Spec
from tests.unit.local_scf.helpers import Deploy

TELL = """
import json, os
def main_handler(event, context):
    seen = {"env": dict(os.environ), "event": event, "pid": os.getpid(), "context": context}
    return seen if "Records" in event else {"statusCode": 200, "body": json.dumps(seen)}
"""
"""A function that answers with what it was called with."""


@pytest.fixture
def log() -> list[LogLine]:
    """Every log line of the functions of this test."""
    return []


@pytest.fixture
def deploy(tmp_path: Path, log: list[LogLine]) -> Iterator[Deploy]:
    """Deploy functions whose code root is the test's directory."""
    deployed: list[Function] = []

    def write(
        source: str,
        name: str = "hello",
        role: Callable[[], Role] | None = None,
        concurrency: int = 4,
        **spec: object,
    ) -> Function:
        (tmp_path / f"{name}.py").write_text(textwrap.dedent(source), encoding="utf-8")
        function = Function(Spec(name, (tmp_path,), **spec), role, log.append, concurrency)  # type: ignore[arg-type]
        deployed.append(function)
        return function

    yield write
    for function in deployed:
        function.stop()


@pytest.fixture(scope="session")
def functions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two functions, and a module that is none."""
    root = tmp_path_factory.mktemp("functions")
    for name in ("create_user", "grant_policy"):
        (root / f"{name}.py").write_text(TELL)
    (root / "helpers.py").write_text("raise RuntimeError('not to be imported')\n")
    return root
