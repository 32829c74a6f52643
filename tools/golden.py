"""Write tests/golden/<version>.json, the bucket that the next version has to read: `python -m tools.golden`.

The file of a version that is released, which is one with a heading in CHANGELOG.md, stays as it is.
"""

import json
import sys
from pathlib import Path

from shared.version import __version__
from tests.golden.account import FILES, taken
from tests.golden.making import make
from tests.world import World

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def main(version: str = __version__, changelog: Path = CHANGELOG, folder: Path = FILES) -> int:
    """Let every story happen in a fresh world, and keep what it leaves behind. Returns the exit code."""
    file = folder / f"{version}.json"
    if file.exists() and f"\n## [{version}]" in changelog.read_text(encoding="utf-8"):
        sys.stderr.write(
            f"golden: {version} is released, so {file.name} stays as it is: set the next version in shared/version.py\n"
        )
        return 2
    with World() as world:
        make(world)
        text = json.dumps(taken(world), indent=1, ensure_ascii=False, sort_keys=True)
    file.write_text(f"{text}\n", encoding="utf-8")
    print(f"golden: tests/golden/{file.name} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
