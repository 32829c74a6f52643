"""Set up the virtual environment that `make` uses, from locked requirements. A failure prints one line with
what to do.
"""

import importlib.util
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "dev.txt"


def stop(line: str) -> None:
    """Print one line and end with exit code 2."""
    sys.stderr.write(f"im-access: {line}\n")
    raise SystemExit(2)


def run(*words: str, cwd: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """Run a program without showing its output; the caller checks its exit code.

    Ctrl-C reaches the program too, and its end is waited for. `subprocess.run` would kill it at once, and leave its
    processes and temporary files behind.
    """
    child = subprocess.Popen(words, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        out, err = child.communicate()
    except KeyboardInterrupt:
        child.communicate()
        raise
    return subprocess.CompletedProcess(words, child.returncode, out, err)


def reason(done: "subprocess.CompletedProcess[str]", log: Path) -> str:
    """Write a program's output to the log; returns the line that says why it failed, and the log's path."""
    output = done.stdout + done.stderr
    log.write_text(output, encoding="utf-8")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return f"{(errors or lines or ['it gave no reason'])[-1]}. Details: {log}"


def prepare(venv: Path) -> None:
    """Make the folder, and check that it can be written."""
    try:
        venv.mkdir(parents=True, exist_ok=True)
        (venv / "setup.log").write_text("", encoding="utf-8")
    except OSError as error:
        stop(f"{venv} cannot be written ({error.strerror}). Use a copy of the repository that is yours to write in")


def create(venv: Path) -> Path:
    """Make the environment if it is missing or broken; return its interpreter."""
    python = venv / "bin" / "python"
    if python.exists() and run(str(python), "-m", "pip", "--version").returncode == 0:
        return python
    made = run(sys.executable, "-m", "venv", "--clear", "--without-pip", str(venv))
    if importlib.util.find_spec("ensurepip") is None:
        stop("this Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv")
    if not made.returncode:
        # `venv` would leave the processes of ensurepip running when it is interrupted.
        made = run(str(python), "-Im", "ensurepip", "--upgrade", "--default-pip")
    if made.returncode:
        stop(f"the virtual environment could not be made: {reason(made, venv / 'setup.log')}")
    pip = run(str(python), "-m", "pip", "--version")
    if pip.returncode:
        stop(f"pip does not run in the new virtual environment: {reason(pip, venv / 'setup.log')}")
    return python


def install(python: Path, log: Path) -> None:
    """Install the locked requirements. They are complete, so pip has no dependencies to resolve."""
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = run(*pip, "--require-hashes", "-r", str(LOCK))
    if done.returncode:
        stop(f"the packages could not be installed (no network, or no package index?): {reason(done, log)}")


def command(python: Path) -> None:
    """Write the command `im-access`, which runs from this checkout, into the environment's bin folder."""
    script = python.with_name("im-access")
    # Valid as shell and as Python, like pip's scripts, because a path with a space is not allowed in the first line.
    start = f"#!/bin/sh\n'''exec' {shlex.quote(str(python))} \"$0\" \"$@\"\n' '''\n"
    path = f"import sys; sys.path.insert(0, {str(ROOT)!r})"
    script.write_text(f"{start}{path}\nfrom cli.installed import main\nsys.exit(main())\n", encoding="utf-8")
    script.chmod(0o755)


def wheels(python: Path) -> None:
    """Download the wheels for the platform's package, so that a later build needs no network."""
    done = run(str(python), "-m", "tools.package", "--fetch", "--wheels", str(python.parents[1] / "wheels"))
    if done.returncode:
        print(f"im-access: {done.stderr.strip()}; `make package` will try again", flush=True)


def make(venv: Path) -> None:
    """Make the environment. Temporary files of its programs are removed with their folder."""
    prepare(venv)
    with tempfile.TemporaryDirectory(prefix="im-access-", ignore_cleanup_errors=True) as scratch:
        os.environ["TMPDIR"] = scratch
        print("im-access: installing the locked requirements into .venv (once, about a minute)", flush=True)
        python = create(venv)
        install(python, venv / "setup.log")
        command(python)
        wheels(python)
    (venv / ".ready").touch()


def main() -> None:
    """Make the environment given as the only argument."""
    if sys.version_info < (3, 10):  # noqa: UP036 - this runs before anything has checked the interpreter
        stop(f"Python 3.10 or newer is needed, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 ...")
    try:
        make(ROOT / sys.argv[1])
    except OSError as error:
        stop(f"the environment could not be made: {error}")
    except KeyboardInterrupt:
        sys.stderr.write("im-access: interrupted; the same command goes on from here\n")
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
