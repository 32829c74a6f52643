"""The CAM policy documents of the functions' execution roles, from docs/security/<function>.json.

    python -m local.roles create_user --region ap-guangzhou --bucket im-access-1250000000

prints the document that the role of `create_user` needs, ready for CreatePolicy. The local cloud checks every call of a
function against the same document.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template

DOCUMENTS = Path(__file__).resolve().parent.parent / "docs" / "security"
LIMIT = 6144
"""Characters of a document that CAM takes."""

Document = dict[str, object]


def names() -> list[str]:
    """The functions that have a document."""
    return sorted(path.stem for path in DOCUMENTS.glob("*.json"))


def document(function: str, region: str, bucket: str) -> Document | None:
    """The document of a function's role for this bucket (whose name ends with the appid), or None if there is none."""
    if function not in names():
        return None
    text = (DOCUMENTS / f"{function}.json").read_text("utf-8")
    filled = Template(text).substitute(region=region, bucket=bucket, appid=bucket.rpartition("-")[2])
    found: Document = json.loads(filled)
    return found


def main(arguments: Sequence[str]) -> None:
    """Print one document on a single line."""
    parser = argparse.ArgumentParser(prog="python -m local.roles", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("function", choices=names())
    parser.add_argument("--region", required=True, help="the bucket's region, such as ap-guangzhou")
    parser.add_argument("--bucket", required=True, help="the bucket with its appid, such as im-access-1250000000")
    given = parser.parse_args(arguments)
    print(json.dumps(document(given.function, given.region, given.bucket), separators=(",", ":")))


if __name__ == "__main__":
    main(sys.argv[1:])
