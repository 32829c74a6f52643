"""`make wheel`: builds the operator's command `im-access` as a wheel; the same sources give the same bytes."""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    "pyproject.toml",
    "README.md",
    "LICENSE",
    "requirements",
    "cli",
    "doctor",
    "shared",
    "docs/security",
    "docs/alarms.json",
)
"""All that the wheel is made from, code and metadata."""
MOMENT = "315532800"
"""1980-01-01, the first moment that a zip can hold. https://reproducible-builds.org/docs/source-date-epoch/"""
PIP = (
    "-m",
    "pip",
    "wheel",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--no-build-isolation",
    "--no-index",
)


class WheelError(Exception):
    """The wheel could not be built; the text is the build's last line."""


def build(out: Path, root: Path = ROOT) -> Path:
    """Write the wheel into `out`. Raises `WheelError`."""
    with tempfile.TemporaryDirectory() as scratch:
        # setuptools leaves a build folder in the tree and uses its old files at the next build, so the tree is copied
        # first.
        tree, made = Path(scratch, "tree"), Path(scratch, "made")
        copy(root, tree)
        environment = os.environ | {"SOURCE_DATE_EPOCH": MOMENT}
        command = [sys.executable, *PIP, "--wheel-dir", str(made), str(tree)]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            raise WheelError(done.stderr.strip().rpartition("\n")[2])
        [wheel] = made.glob("*.whl")
        out.mkdir(parents=True, exist_ok=True)
        part = out / f"{wheel.name}.part"
        try:
            shutil.copy(wheel, part)
            return part.replace(out / wheel.name)
        finally:
            part.unlink(missing_ok=True)


def copy(root: Path, tree: Path) -> None:
    """Copy the sources, with the same permissions on every machine."""
    for name in SOURCES:
        target = tree / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (root / name).is_dir():
            shutil.copytree(root / name, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(root / name, target)
    for path in tree.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)


def main(argv: list[str] | None = None) -> int:
    """Build the wheel and print its path; returns 0, or 2 after one line that says why it failed."""
    parser = argparse.ArgumentParser("python -m tools.wheel", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "dist")
    try:
        print(build(parser.parse_args(argv).out))
    except WheelError as error:
        sys.stderr.write(f"wheel: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"wheel: it could not be written: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
