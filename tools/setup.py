"""Set up the virtual environment that `make` uses, from locked requirements; a failure is one line with what to do."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements" / "dev.txt"


def stop(line: str) -> None:
    """Print one line and end with exit code 2."""
    sys.stderr.write(f"im-access: {line}\n")
    raise SystemExit(2)


def run(*words: str, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """Run a program quietly; its exit code is the caller's to look at."""
    return subprocess.run(words, cwd=cwd, check=False, capture_output=True, text=True)


def create(venv: Path) -> Path:
    """Make the environment if it is missing or broken; return its interpreter."""
    python = venv / "bin" / "python"
    if python.exists() and run(str(python), "-m", "pip", "--version").returncode == 0:
        return python
    made = run(sys.executable, "-m", "venv", "--clear", str(venv))
    if made.returncode:
        stop("this Python cannot make a virtual environment. On Debian or Ubuntu: apt-get install python3-venv")
    return python


def install(python: Path) -> None:
    """Install the locked requirements; complete by construction, so pip resolves nothing."""
    print("im-access: installing the locked requirements into .venv (once, about a minute)", flush=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    done = run(*pip, "--require-hashes", "-r", str(LOCK))
    if done.returncode:
        log = ROOT / ".venv" / "setup.log"
        log.write_text(done.stdout + done.stderr)
        stop(f"the packages could not be installed (no network, or no package index?). Details: {log}")


def command(python: Path) -> None:
    """Put `im-access` beside the interpreter, running from this checkout; an installed package brings its own."""
    script = python.with_name("im-access")
    path = f"import sys; sys.path.insert(0, {str(ROOT)!r})"
    script.write_text(f"#!{python}\n{path}\nfrom cli.main import main\nsys.exit(main())\n")
    script.chmod(0o755)


def wheels(python: Path) -> None:
    """Keep the wheels that the package for the platform is built from, so that a later build needs no network."""
    done = run(str(python), "-m", "tools.package", "--fetch", "--wheels", str(python.parents[1] / "wheels"), cwd=ROOT)
    if done.returncode:
        print(f"im-access: {done.stderr.strip()}; `make package` will try again", flush=True)


def main() -> None:
    """Make the environment given as the only argument."""
    if sys.version_info < (3, 10):  # noqa: UP036 - this runs before anything has checked the interpreter
        stop(f"Python 3.10 or newer is needed, this is {sys.version.split()[0]}. Try: make PYTHON=python3.12 ...")
    venv = ROOT / sys.argv[1]
    python = create(venv)
    install(python)
    command(python)
    wheels(python)
    (venv / ".ready").touch()


if __name__ == "__main__":
    main()
