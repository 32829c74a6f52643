"""Write tests/golden/<version>.json, the bucket that the next version has to read: `python -m tools.golden`."""

import json

from shared.version import __version__
from tests.golden.account import FILES, taken
from tests.golden.making import make
from tests.world import World


def main() -> None:
    """Let every story happen in a fresh world, and keep what it leaves behind."""
    with World() as world:
        make(world)
        text = json.dumps(taken(world), indent=1, ensure_ascii=False, sort_keys=True)
    (FILES / f"{__version__}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
