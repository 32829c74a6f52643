"""A cold start loads what it needs and no more, and leaves the process as any program expects it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LATER = "from shared.later import later; import sys; later('asyncio'); kind = lambda: type(sys.modules['asyncio'])"


def run(program: str) -> list[str]:
    """What a program prints in a fresh process, word by word; warnings are errors."""
    path = f"{ROOT}:{ROOT / 'functions'}:{':'.join(entry for entry in sys.path if 'site-packages' in entry)}"
    words = [sys.executable, "-W", "error", "-S", "-c", program]
    done = subprocess.run(words, env={"PYTHONPATH": path}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.parametrize("function", ["create_user", "grant_policy", "revoke_policy", "claim_credentials", "sweep"])
def test_a_function_does_not_load_what_nothing_uses(function: str) -> None:
    """Event loops, child processes, the other SDK: no event needs them."""
    unused = ["multiprocessing", "qcloud_cos", "pyrage", "concurrent.futures.thread"]
    if sys.version_info < (3, 12):  # from then on, each log record asks asyncio for its task
        unused += ["asyncio.events", "_posixsubprocess"]
    if sys.version_info < (3, 11):  # where the package runs; later ones use them at once
        unused += ["idna.core"]
    assert run(f"import {function}, sys; print(*set({unused}) & set(sys.modules))") == []


def test_garbage_is_collected_again_afterwards() -> None:
    """Only what was loaded is set aside."""
    assert run("import gc, create_user; print(gc.isenabled(), gc.get_freeze_count() > 10_000)") == ["True", "True"]


@pytest.mark.parametrize(
    "use",
    [
        "import asyncio; print(asyncio.run(asyncio.sleep(0, 'done')))",
        "from asyncio import sleep, run; print(run(sleep(0, 'done')))",
        "import asyncio.events; print(asyncio.run(asyncio.sleep(0, 'done')))",
        "from asyncio import *; print(run(sleep(0, 'done')))",
    ],
)
def test_a_module_for_later_is_whole_once_it_is_used(use: str) -> None:
    """However it is imported: nobody in the process can tell the difference."""
    assert run(f"{LATER}; {use}; print(kind().__name__)") == ["done", "module"]


def test_importing_a_module_for_later_is_no_use_of_it() -> None:
    """Several libraries may import it."""
    assert run(f"{LATER}; import asyncio; import asyncio; print(hasattr(asyncio, '__file__'), kind().__name__)") == [
        "True",
        "_Later",
    ]


def test_what_a_module_for_later_does_not_have_is_an_attribute_error() -> None:
    """As with any module, and the module is loaded by then."""
    assert run(f"{LATER}; import asyncio; print(hasattr(asyncio, 'nonsense'), kind().__name__)") == ["False", "module"]


def test_threads_see_a_module_for_later_whole() -> None:
    """Whoever comes second waits for the first."""
    program = (
        f"{LATER}; import asyncio; from threading import Thread; seen = []\n"
        "threads = [Thread(target=lambda: seen.append(asyncio.run)) for _ in range(8)]\n"
        "[one.start() for one in threads]; [one.join() for one in threads]; print(len(seen), len(set(seen)))"
    )
    assert run(program) == ["8", "1"]


def test_a_loaded_module_stays_and_an_unknown_one_is_none() -> None:
    """There is nothing to put off."""
    program = "import asyncio; before = asyncio; from shared.later import later; later('asyncio'); later('no_such')\n"
    assert run(f"{program}import asyncio, sys; print(asyncio is before, 'no_such' in sys.modules)") == ["True", "False"]


def test_the_page_does_without_commands() -> None:
    """Whoever follows a link waits for no library that only commands need."""
    unused = ["pydantic", "shared.commands", "tencentcloud", "concurrent.futures.thread"]
    assert run(f"import claim_credentials, sys; print(*set({unused}) & set(sys.modules))") == []
