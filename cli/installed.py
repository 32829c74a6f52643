"""The start of `im-access`, from an installed wheel or a checkout's `.venv`.

The wheel keeps everything below `im_access/`, so that it adds no package called `cli` or `shared` to an environment
that other projects use. For this process alone, that folder is put first on the import path, like a checkout's root.
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
        # Ctrl-C while modules are being loaded, or after the last line was printed.
        return 130
