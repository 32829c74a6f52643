"""What the tests of the function runtime share."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from local.scf import Function, Role


class Deploy(Protocol):
    """The `deploy` fixture: write a module to the code root and deploy it; `spec` are further fields of its `Spec`."""

    def __call__(
        self,
        source: str,
        name: str = "hello",
        role: Callable[[], Role] | None = None,
        concurrency: int = 4,
        **spec: object,
    ) -> Function:
        """The deployed function; it is stopped after the test."""


def wait_until(holds: Callable[[], object], seconds: float = 10) -> None:
    """Wait for a condition; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def runs(pid: int) -> bool:
    """Whether a process of this id exists; one that has ended and only waits to be reaped does not count."""
    try:
        os.kill(pid, 0)
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except ProcessLookupError:
        return False
    except FileNotFoundError:
        return not Path("/proc/self").exists()
