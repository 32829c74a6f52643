"""What the command shows: progress, tables, completions; at a terminal, in a pipe, and when it is interrupted."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console as Screen

from cli import installed
from cli.language import Language, _, speak
from cli.main import main
from cli.terminal import table
from cli.terminal.console import Console
from cli.terminal.progress import Progress
from tests.processes import WorldClock
from tests.unit.cli.terminal import Terminal, run

ROOT = Path(__file__).resolve().parents[3]


def test_interrupted_the_command_says_what_was_done(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C is exit code 130, with what was changed until then."""

    def interrupted(console: Console) -> None:
        console.progress.step("3 of 10 users")
        console.changed.append("3 of 10 redriven")
        raise KeyboardInterrupt

    monkeypatch.setattr(Console, "cos", interrupted)
    code, _, err = run("dead-letters", "list")
    assert (code, err) == (130, "im-access: Interrupted (3 of 10 users): 3 of 10 redriven.\n")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_terminal_shows_a_bar_and_how_long_it_takes(language: Language) -> None:
    """From the first second on, in 80 columns; where the end is not known, what is being done."""
    speak(language)
    now = [100.0]
    progress = Progress(Terminal(), WorldClock(1.8e9), lambda: now[0])

    def shown() -> str:
        out = io.StringIO()
        Screen(file=out, width=80).print(progress.shown())
        return out.getvalue().strip()

    progress.step("reading")
    assert shown() == ""
    now[0] += 2
    assert shown().endswith("reading")
    progress.advance(1, 1000, _("users read from CAM"))
    now[0] += 60
    progress.advance(300, 1000, _("users read from CAM"))
    text = shown()
    assert "━" in text
    told = {"en": "300/1000 users read from CAM 2:20 left", "zh": "300/1000 个用户已从 CAM 读取 还需 2:20"}
    assert told[language] in text
    assert len(text.splitlines()) == 1


def test_progress_moves_in_a_terminal_alone() -> None:
    """Progress is drawn anew in a terminal, and never elsewhere."""
    for err, moves in ((Terminal(), True), (io.StringIO(), False)):
        progress = Progress(err, WorldClock(1.8e9))
        progress.start()
        assert (progress._live is not None) == moves
        progress.stop()


def test_a_pipe_that_nobody_reads_is_quiet() -> None:
    """A pipe whose reader is gone ends the command without traceback or message."""
    program = "import sys; from cli.main import main; sys.exit(main(['completion', 'bash']))"
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as out:
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=ROOT, stdout=out, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (done.returncode, done.stderr) == (0, "")


def test_a_table_fits_a_terminal_of_80_columns() -> None:
    """Cells are folded and never cut, Chinese names count as wide as they are; piped, a row is one line."""
    rows = [{"user": "张伟的测试账号" * 3, "policy": "QcloudIMReadOnlyAccess" * 4, "retry": True}]
    leader, follower = pty.openpty()
    with os.fdopen(follower, "w") as out:
        os.environ["COLUMNS"] = "80"
        try:
            table.write(out, rows, ("user", "policy", "retry"))
        finally:
            del os.environ["COLUMNS"]
    shown = os.read(leader, 10_000).decode().replace("\x1b[1m", "").replace("\x1b[0m", "").replace("\r", "")
    os.close(leader)
    assert max(sum(1 + (ord(char) > 0x2E7F) for char in line) for line in shown.splitlines()) <= 80
    assert shown.count("张") == 3
    piped = io.StringIO()
    table.write(piped, rows, ("user", "policy", "retry"))
    assert [line.split()[0] for line in piped.getvalue().splitlines()] == ["USER", rows[0]["user"]]


def test_completion_is_answered_before_anything_else(capsys: pytest.CaptureFixture[str]) -> None:
    """A shell asks by a variable, and gets the commands."""
    env = {"_IM_ACCESS_COMPLETE": "bash_complete"}
    os.environ.update({"COMP_WORDS": "im-access dead", "COMP_CWORD": "1"})
    try:
        assert main([], Console(env=env)) == 0
    finally:
        del os.environ["COMP_WORDS"], os.environ["COMP_CWORD"]
    assert "dead-letters" in capsys.readouterr().out


def test_interrupted_while_it_loads_it_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C while modules load ends with the exit code of an interruption and without a traceback."""

    def interrupted() -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("cli.main.main", interrupted)
    monkeypatch.setattr(sys, "path", [*sys.path])
    assert installed.main() == 130
