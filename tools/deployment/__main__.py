"""`python -m tools.deployment`: checks that serverless.yml can be deployed, and that every broken copy of it is
refused.

Broken copies are only made if the file itself is right. Exit codes: 0 all is well, 1 something is not, 2 this machine
cannot run the check (without node, npm or a network), which one line says.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tools.deployment import broken, check, document, toolkit
from tools.deployment.broken import Broken
from tools.deployment.toolkit import Deployment
from tools.package.build import ROOT

FILE = ROOT / "serverless.yml"


def main(argv: list[str] | None = None) -> int:
    """Check the file and then its broken copies; the library is installed outside of the repository."""
    known = arguments().parse_args(argv)
    if not known.package.is_file():
        return refuse(f"no package {known.package}; `make package` writes it")
    if not known.file.is_file():
        return refuse(f"no file {known.file}")
    wrong = document.problems(known.file.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="im-access-deployment-") as scratch:
        try:
            modules = toolkit.install(known.modules or Path(scratch))
            deployment = toolkit.deploy(known.file, modules)
            wrong += check.problems(deployment, known.package, ROOT)
            if not wrong:
                print(f"ok     {known.file.name}: {summary(deployment)}")
                wrong = list(examine_broken(known, modules, Path(scratch)))
        except toolkit.UnfitError as error:
            refuse(str(error))
            return report(wrong) or 2
    return report(wrong)


def report(wrong: list[str]) -> int:
    """Print what is wrong, and the same fault in several places as one line; returns whether anything is wrong."""
    places: dict[str, dict[str, None]] = {}
    for line in wrong:
        place, colon, what = line.partition(": ")
        places.setdefault(colon + what if colon else line, {})[place if colon else ""] = None
    for what, where in places.items():
        print(f"WRONG  {'; '.join(where)}{what}")
    return 1 if wrong else 0


def arguments() -> argparse.ArgumentParser:
    """The command line."""
    parser = argparse.ArgumentParser("python -m tools.deployment", description=__doc__)
    parser.add_argument("--file", type=Path, default=FILE, help="the file to check")
    parser.add_argument("--package", type=Path, default=ROOT / "dist" / "im-access.zip", help="the zip beside it")
    parser.add_argument("--modules", type=Path, help="a folder to keep the library in; else it is installed each time")
    return parser


def refuse(reason: str) -> int:
    """Print in one line why the check cannot run."""
    print(f"check-deployment: {reason}", file=sys.stderr)
    return 2


def summary(deployment: Deployment) -> str:
    """A line that says what the library would deploy."""
    kinds = [one.action for one in deployment.first]
    counts = f"{kinds.count('CreateFunction')} functions, {kinds.count('CreateTrigger')} triggers"
    return f"{counts}; deployed again, {len(deployment.again)} requests create nothing"


def examine_broken(known: argparse.Namespace, modules: Path, scratch: Path) -> Iterator[str]:
    """The mistakes that the check does not notice, or does not name. A mistake needs a text that the file contains."""
    text = known.file.read_text(encoding="utf-8")

    def attempt(number: int, one: Broken) -> list[str] | None:
        changed = one.apply(text)
        if changed is None:
            return None
        lines = document.problems(changed)
        if not any(one.reported in line for line in lines):
            copy = scratch / f"broken-{number}.yml"
            copy.write_text(changed, encoding="utf-8")
            lines += check.problems(toolkit.deploy(copy, modules), known.package, ROOT)
        return lines

    with ThreadPoolExecutor(4) as pool:
        answers = pool.map(attempt, range(len(broken.MISTAKES)), broken.MISTAKES)
        for one, lines in zip(broken.MISTAKES, answers, strict=True):
            line = next((line for line in lines or [] if one.reported in line), None)
            if lines is None:
                print(f"skip   {one.name}: {known.file.name} has been edited and has no place for this mistake")
            elif line is None:
                yield f"{one.name} is not noticed: {'; '.join(lines) or 'no problem found'}"
            else:
                print(f"ok     {one.name} is refused: {line}")


if __name__ == "__main__":
    sys.exit(main())
