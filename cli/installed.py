"""`im-access` as an installed wheel and a checkout's `.venv` start it.

The wheel keeps everything below `im_access/`, so that it puts no package called `cli` or `shared` into an environment
that other projects use. For this one process that folder comes first on the import path, as a checkout's root does.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main() -> int:
    """Run one command; the exit code."""
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
    try:
        from cli.main import main as run

        return run()
    except KeyboardInterrupt:
        # In the moment in which modules are loaded, or after the last line was printed.
        return 130
