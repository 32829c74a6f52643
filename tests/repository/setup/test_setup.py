"""The set-up: it works in any folder, and what stops it is one line that names the real reason."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

import pytest

from shared.version import __version__
from tools import setup


def stopped(capsys: pytest.CaptureFixture[str], caught: pytest.ExceptionInfo[SystemExit]) -> str:
    """The line that the set-up ended with; there is no other."""
    assert caught.value.code == 2
    [line] = capsys.readouterr().err.splitlines()
    return line


@pytest.fixture
def environment(tmp_path: Path) -> Path:
    """An environment in a folder whose name means something to shells, with the packages of this one."""
    venv = tmp_path / 'it\'s "my" $HOME folder' / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    [packages] = venv.glob("lib/python*/site-packages")
    packages.joinpath("dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return venv


def test_the_command_runs_in_any_folder(environment: Path) -> None:
    """Spaces, quotes and dollar signs in the path of the checkout do not matter; arguments arrive as they are."""
    setup.command(environment / "bin" / "python")
    command = [str(environment / "bin" / "im-access")]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == (f"im-access {__version__}\n", "")
    done = subprocess.run([*command, "his tory", "a b"], capture_output=True, text=True, check=False)
    assert "No such command 'his tory'" in done.stderr


def test_a_path_that_is_taken_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no folder can be made the line says so, and names no package to install."""
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(sys, "argv", ["setup.py", str(tmp_path / "file" / ".venv")])
    with pytest.raises(SystemExit) as caught:
        setup.main()
    line = stopped(capsys, caught)
    assert f"{tmp_path}/file/.venv cannot be written (Not a directory)" in line
    assert "python3-venv" not in line


def test_a_folder_without_the_right_to_write_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An environment that is there but belongs to somebody else is found out before anything is installed."""

    def refuse(_path: Path, _text: str, **_how: str) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "write_text", refuse)
    with pytest.raises(SystemExit) as caught:
        setup.prepare(tmp_path)
    assert "cannot be written (Permission denied)" in stopped(capsys, caught)


def test_a_python_without_ensurepip_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Debian keeps it in a package of its own, which the line names."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _name: None)
    monkeypatch.setattr(setup, "run", lambda *words: subprocess.CompletedProcess(words, 1, "", "No module"))
    with pytest.raises(SystemExit) as caught:
        setup.create(tmp_path)
    assert stopped(capsys, caught).endswith("apt-get install python3-venv")


def test_a_venv_that_fails_for_another_reason_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failure of venv is told in its own last words, with the file that has the others."""
    said = "Traceback\nOSError: [Errno 28] No space left on device\n"
    monkeypatch.setattr(setup, "run", lambda *words: subprocess.CompletedProcess(words, 1, "", said))
    with pytest.raises(SystemExit) as caught:
        setup.create(tmp_path)
    line = stopped(capsys, caught)
    assert "could not be made: OSError: [Errno 28] No space left on device. Details: " in line
    assert "python3-venv" not in line
    assert (tmp_path / "setup.log").read_text() == said


def test_a_broken_pip_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A pip that cannot read its own configuration is named as the reason, with what it said."""
    (tmp_path / "pip.conf").write_text("no section\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    setup.prepare(tmp_path / ".venv")
    with pytest.raises(SystemExit) as caught:
        setup.create(tmp_path / ".venv")
    line = stopped(capsys, caught)
    assert line.startswith("im-access: pip does not run in the new virtual environment: ")
    assert "python3-venv" not in line
    assert "pip.conf" in (tmp_path / ".venv" / "setup.log").read_text()


def test_packages_that_cannot_be_had_are_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where packages cannot be downloaded, pip's error is told, and not its last line."""
    lock = tmp_path / "lock.txt"
    lock.write_text(f"nowhere-to-be-found==1 --hash=sha256:{'0' * 64}\n")
    monkeypatch.setattr(setup, "LOCK", lock)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    with pytest.raises(SystemExit) as caught:
        setup.install(Path(sys.executable), tmp_path / "setup.log")
    line = stopped(capsys, caught)
    assert "ERROR: No matching distribution found for nowhere-to-be-found==1" in line
    assert f"Details: {tmp_path}/setup.log" in line


def test_ctrl_c_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Interrupted it says so, exits 130, leaves no temporary file, and is not done: the next run goes on."""
    venv, temporary = tmp_path / ".venv", tmp_path / "tmp"
    temporary.mkdir()

    def interrupt(_venv: Path) -> Path:
        Path(os.environ["TMPDIR"], "left by pip").write_text("")
        raise KeyboardInterrupt

    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(setup, "create", interrupt)
    monkeypatch.setattr(sys, "argv", ["setup.py", str(venv)])
    with pytest.raises(SystemExit) as caught:
        setup.main()
    assert caught.value.code == 130
    assert capsys.readouterr().err == "im-access: interrupted; the same command goes on from here\n"
    assert not (venv / ".ready").exists()
    assert list(temporary.iterdir()) == []


def test_an_interrupted_program_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was interrupted as well, and gets the time to tidy up."""
    happened = []

    class Child:
        def communicate(self) -> None:
            happened.append("waited")
            if len(happened) == 1:
                raise KeyboardInterrupt

    monkeypatch.setattr(subprocess, "Popen", lambda *_words, **_how: Child())
    with pytest.raises(KeyboardInterrupt):
        setup.run("pip")
    assert len(happened) == 2


def test_no_place_for_temporary_files_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A full disk, or a temporary folder that is none, is one line."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    monkeypatch.setattr(sys, "argv", ["setup.py", str(tmp_path / ".venv")])
    with pytest.raises(SystemExit) as caught:
        setup.main()
    assert "im-access: the environment could not be made: [Errno 2]" in stopped(capsys, caught)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("PYTHON=python3.99", "VENV=nowhere", "nowhere/.ready"),
            "im-access: there is no python3.99. Python 3.10 or newer",
        ),
        (("lock",), "lock: uv is needed"),
    ],
)
def test_a_program_that_is_not_there_is_said(words: tuple[str, ...], said: str, tmp_path: Path) -> None:
    """make ends with one line that says what is needed, beside its own; nothing was made."""
    make = shutil.which("make")
    assert make
    root = setup.ROOT
    done = subprocess.run(
        [make, *words], cwd=root, env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    line, _ = done.stderr.splitlines()
    assert line.startswith(said)
    assert not (root / "nowhere").exists()
