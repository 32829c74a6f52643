"""`python -m tools.package`: build the package into `dist/`; `--fetch` only downloads the wheels for a later build."""

import argparse
import sys
from pathlib import Path

from local.scf import interpreter
from tools.package import archive, build, bytecode, contents, lock, table, target, wheels

ERRORS = (
    bytecode.CompileError,
    contents.ContentError,
    lock.LockError,
    table.SizeError,
    target.MarkerError,
    wheels.WheelError,
)
NO_PYTHON = "WITHOUT bytecode: no CPython 3.10 is here to compile with, so every cold start compiles all modules again"


def main(argv: list[str] | None = None) -> int:
    """Build the package; returns 0, or 2 after one line that says what is wrong."""
    parser = arguments()
    known = parser.parse_args(argv)
    try:
        if known.fetch:
            wheels.collect(lock.read(build.LOCK), known.wheels)
        else:
            report(build.build(known.out, None if known.no_bytecode else interpreter.python310(), known.wheels))
    except ERRORS as error:
        sys.stderr.write(f"package: {error}\n")
        return 2
    except OSError as error:
        sys.stderr.write(f"package: it could not be written: {error}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    return 0


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser("python -m tools.package", description=__doc__)
    parser.add_argument("--out", type=Path, default=build.ROOT / "dist", help="where the zip and the folder go")
    parser.add_argument("--wheels", type=Path, default=build.WHEELS, help="where wheels are kept between builds")
    parser.add_argument("--fetch", action="store_true", help="only download the wheels")
    parser.add_argument("--no-bytecode", action="store_true", help="as on a machine without a Python 3.10")
    return parser


def report(built: build.Built) -> None:
    """Print the content, whether there is bytecode, and the digest."""
    python = any(name.endswith(".pyc") for name in built.files)
    print(table.render(built.files))
    print(f"bytecode: {'for CPython 3.10, unchecked hash-based' if python else NO_PYTHON}")
    size = built.zip.stat().st_size / table.MEGABYTE
    unpacked = sum(map(len, built.files.values())) / table.MEGABYTE
    print(f"{built.zip}: {size:.2f} MB, unpacked {unpacked:.1f} MB\nsha256 {archive.sha256(built.zip)}")


if __name__ == "__main__":
    sys.exit(main())
