"""`make release VERSION=1.2.3`: check the commit, build what is released from it, and tag it; nothing is pushed.

Before a release, one commit sets `__version__` in shared/version.py and gives the unreleased changes in CHANGELOG.md a
heading, `## [1.2.3] - 2026-01-31`. With `--dry-run` everything is checked and built, but no tag is made.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TARGETS = ("lint", "coverage", "demo", "package", "wheel")
"""What has to pass, and what is built."""
VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
Say = Callable[[str], object]


class ReleaseError(Exception):
    """The commit cannot be released; the text says what is missing."""


def git(root: Path, *words: str) -> str:
    """Run git and return its output. Raises `ReleaseError` with git's last line."""
    done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)  # noqa: S607 - git is wherever PATH has it
    if done.returncode:
        raise ReleaseError(f"git {words[0]}: {done.stderr.strip().rpartition(chr(10))[2]}")
    return done.stdout.strip()


def check(root: Path, version: str) -> str:
    """Check the commit; returns the notes of the release from the changelog. Raises `ReleaseError`."""
    if not VERSION.fullmatch(version):
        raise ReleaseError(f"{version!r} is no version such as 1.2.3")
    if git(root, "status", "--porcelain"):
        raise ReleaseError("there are changes that are not committed")
    if git(root, "tag", "--list", f"v{version}"):
        raise ReleaseError(f"the tag v{version} is there already")
    if f'__version__ = "{version}"\n' not in (root / "shared" / "version.py").read_text("utf-8"):
        raise ReleaseError(f"shared/version.py does not say {version}")
    if not (root / "tests" / "golden" / f"{version}.json").is_file():
        raise ReleaseError(f"tests/golden/{version}.json is missing: run `.venv/bin/python -m tools.golden`")
    return notes((root / "CHANGELOG.md").read_text("utf-8"), version)


def notes(changelog: str, version: str) -> str:
    """The section of a version, which must follow an empty `[Unreleased]`. Raises `ReleaseError`."""
    parts = re.split(r"^## (.*)\n", changelog.partition("\n[Unreleased]:")[0], flags=re.M)
    sections = dict(zip(parts[1::2], (text.strip() for text in parts[2::2]), strict=True))
    if sections.pop("[Unreleased]", None) != "":
        raise ReleaseError("CHANGELOG.md: [Unreleased] must be there, and empty")
    heading, text = next(iter(sections.items()), ("", ""))
    if not re.fullmatch(rf"\[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d", heading):
        raise ReleaseError(f"CHANGELOG.md: below [Unreleased] there must be [{version}] - YYYY-MM-DD")
    if not text:
        raise ReleaseError(f"CHANGELOG.md: [{version}] says nothing")
    return text


def build(root: Path, version: str) -> list[Path]:
    """Run the checks and build both files. Raises `ReleaseError`."""
    done = subprocess.run(["make", *TARGETS], cwd=root, check=False)  # noqa: S607 - the make that runs this
    if done.returncode:
        raise ReleaseError("a check or a build failed, see above")
    built = [root / "dist" / "im-access.zip", root / "dist" / f"im_access-{version}-py3-none-any.whl"]
    missing = [path.name for path in built if not path.is_file()]
    if missing:
        raise ReleaseError(f"dist does not have {', '.join(missing)}")
    with zipfile.ZipFile(built[0]) as package:
        if not any(name.endswith(".pyc") for name in package.namelist()):
            raise ReleaseError("the package has no bytecode: a release is built where there is a CPython 3.10")
    if git(root, "status", "--porcelain"):
        raise ReleaseError("the checks have changed files of the repository")
    return built


def release(root: Path, version: str, *, dry_run: bool, say: Say) -> None:
    """Check, build and tag. Raises `ReleaseError`, and then makes no tag."""
    text = check(root, version)
    for path in build(root, version):
        say(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(root)}")
    if dry_run:
        say(f"release: all is well; v{version} was not tagged")
        return
    # Verbatim, because git would remove the headings of the notes as comments.
    git(root, "tag", "--annotate", f"v{version}", "--cleanup=verbatim", "--message", f"im-access {version}\n\n{text}\n")
    say(f"release: tagged v{version}; nothing was pushed. Next: git push origin v{version}")


def main(argv: list[str] | None = None, root: Path = ROOT) -> int:
    """Make the release; returns 0, or 2 (interrupted: 130) after one line that says why not."""
    parser = argparse.ArgumentParser(
        usage="make release VERSION=1.2.3 [RELEASE=--dry-run]", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("version", help="the version, as in shared/version.py")
    parser.add_argument("--dry-run", action="store_true", help="do all but the tag")
    known = parser.parse_args(argv)
    try:
        release(root, known.version, dry_run=known.dry_run, say=lambda line: print(line, flush=True))
    except ReleaseError as error:
        sys.stderr.write(f"release: {error}\n")
        return 2
    except KeyboardInterrupt:
        sys.stderr.write("release: interrupted; no tag was made\n")
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
