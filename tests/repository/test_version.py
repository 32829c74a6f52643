"""The version stands in one place."""

import re
import subprocess
import sys

import pytest

from cli.main import main
from shared.version import __version__
from tools.wheel import ROOT


def test_it_is_written_once() -> None:
    """No other file of the code or of its settings assigns a version of its own."""
    suspects = [
        ROOT / "pyproject.toml",
        *(path for room in ("cli", "doctor", "shared", "tools") for path in (ROOT / room).rglob("*.py")),
    ]
    told = [
        path.relative_to(ROOT).as_posix()
        for path in suspects
        if re.search(r"^_*version_* *= *\"", path.read_text("utf-8"), re.M)
    ]
    assert told == ["shared/version.py"]
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def test_the_command_shows_it(capsys: pytest.CaptureFixture[str]) -> None:
    """`im-access --version` needs no settings."""
    assert (main(["--version"]), capsys.readouterr().out) == (0, f"im-access {__version__}\n")


def test_reading_it_loads_nothing_else() -> None:
    """Importing the version imports no other module, since each function does it."""
    program = "import sys; old = set(sys.modules); import shared.version; print(sorted(set(sys.modules) - old))"
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "['shared', 'shared.version']\n"
