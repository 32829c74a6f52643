"""`python -m tools.deployment`: 0 when serverless.yml can be deployed and every broken copy is refused, 1 if not.

2 with one line when this machine cannot run the check: without node, npm or the network.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.deployment import broken, check, toolkit
from tools.deployment.broken import Broken
from tools.package.build import ROOT

FILE = ROOT / "serverless.yml"


def main(argv: list[str] | None = None) -> int:
    """Install the library outside of the repository, check the file, then its broken copies."""
    known = arguments().parse_args(argv)
    if not known.package.is_file():
        return refuse(f"no package {known.package}; `make package` writes it")
    with tempfile.TemporaryDirectory(prefix="im-access-deployment-") as scratch:
        try:
            modules = toolkit.install(known.modules or Path(scratch))
            wrong = [*examine(known.file, known.package, modules), *examine_broken(known, modules, Path(scratch))]
        except toolkit.UnfitError as error:
            return refuse(str(error))
    for line in wrong:
        print(f"WRONG  {line}")
    return 1 if wrong else 0


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser("python -m tools.deployment", description=__doc__)
    parser.add_argument("--file", type=Path, default=FILE, help="the file to check")
    parser.add_argument("--package", type=Path, default=ROOT / "dist" / "im-access.zip", help="the zip beside it")
    parser.add_argument("--modules", type=Path, help="a folder to keep the library in; else it is installed each time")
    return parser


def refuse(reason: str) -> int:
    """Say in one line why the check cannot run."""
    print(f"check-deployment: {reason}", file=sys.stderr)
    return 2


def examine(file: Path, package: Path, modules: Path) -> Iterator[str]:
    """The problems of the file itself."""
    deployment = toolkit.deploy(file, modules)
    lines = check.problems(deployment, package, ROOT)
    yield from lines
    if not lines:
        kinds = [one.action for one in deployment.first]
        made = f"{kinds.count('CreateFunction')} functions, {kinds.count('CreateTrigger')} triggers"
        print(f"ok     {file.name}: {made}; deployed again, {len(deployment.again)} requests create nothing")


def examine_broken(known: argparse.Namespace, modules: Path, scratch: Path) -> Iterator[str]:
    """The mistakes that the check does not see, or does not name."""
    text = known.file.read_text(encoding="utf-8")

    def attempt(number: int, one: Broken) -> list[str]:
        copy = scratch / f"broken-{number}.yml"
        copy.write_text(one.apply(text), encoding="utf-8")
        return check.problems(toolkit.deploy(copy, modules), known.package, ROOT)

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(attempt, range(len(broken.MISTAKES)), broken.MISTAKES)
        for one, lines in zip(broken.MISTAKES, answers, strict=True):
            said = next((line for line in lines if one.said in line), None)
            if said is None:
                yield f"{one.name} is not noticed: {'; '.join(lines) or 'no problem found'}"
            else:
                print(f"ok     {one.name} is refused: {said}")


if __name__ == "__main__":
    sys.exit(main())
