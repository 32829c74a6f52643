"""A cold start loads what it needs and no more, and leaves the process as any program expects it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shared.operations import FUNCTIONS, OPERATIONS

ROOT = Path(__file__).resolve().parents[3]


def run(program: str) -> list[str]:
    """What a program prints in a fresh process, word by word; warnings are errors."""
    path = f"{ROOT}:{ROOT / 'functions'}:{':'.join(entry for entry in sys.path if 'site-packages' in entry)}"
    words = [sys.executable, "-W", "error", "-S", "-c", program]
    done = subprocess.run(words, env={"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_function_does_not_load_what_nothing_uses(function: str) -> None:
    """Child processes of its own, the other SDK, encryption, threads: what an event needs of them it loads itself."""
    unused = ["multiprocessing", "qcloud_cos", "pyrage", "concurrent.futures.thread"]
    assert run(f"import {function}, sys; print(*set({unused}) & set(sys.modules))") == []


def test_garbage_is_collected_again_afterwards() -> None:
    """After loading, garbage is collected again, and what was loaded is set aside."""
    assert run("import gc, create_user; print(gc.isenabled(), gc.get_freeze_count() > 10_000)") == ["True", "True"]


def test_what_every_event_needs_is_loaded_before_the_first() -> None:
    """SCIM and the sweep are loaded while no garbage is collected; what only a PATCH needs is not among it."""
    modules = (
        "shared.use_cases.duties.run_duties",
        "shared.scim.resource_records",
        "shared.bootstrap.scim",
        "shared.scim.patch",
    )
    there = f"print(*(one in sys.modules for one in {modules}))"
    assert run(f"import sys, sweep; {there}")[:1] == ["True"]
    assert run(f"import sys, scim; {there}") == ["False", "True", "True", "False"]


def test_the_page_does_without_commands() -> None:
    """Whoever follows a link waits for no library that only commands need."""
    unused = ["pydantic", "shared.commands", "tencentcloud", "concurrent.futures.thread"]
    assert run(f"import claim_credentials, sys; print(*set({unused}) & set(sys.modules))") == []


@pytest.mark.parametrize("function", OPERATIONS)
def test_a_function_loads_its_own_command_alone(function: str) -> None:
    """What each command asks takes a part of a cold start."""
    row = f"from shared.operations import OPERATIONS; OPERATIONS['{function}'].command"
    loaded = run(
        f"import {function}, sys; {row}; print(*(m[16:] for m in sys.modules if m.startswith('shared.commands.')))"
    )
    assert set(loaded) & set(OPERATIONS) == {function}
