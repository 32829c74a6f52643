"""Write deploy/secrets.json, which Terraform reads, from the registry: `python -m tools.secrets`."""

import json
from pathlib import Path

from shared.operations import SECRETS

FILE = Path(__file__).parent.parent / "deploy" / "secrets.json"


def text() -> str:
    """The content of the file: each setting with a secret, and the functions that get it."""
    return json.dumps({name: list(functions) for name, functions in SECRETS.items()}, indent=2) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
