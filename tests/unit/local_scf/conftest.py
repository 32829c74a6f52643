"""Small functions, written for one test each, and the platform to run them on."""

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.scf import Function, LogLine, Role, Spec
from tests.unit.local_scf.helpers import Deploy


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
