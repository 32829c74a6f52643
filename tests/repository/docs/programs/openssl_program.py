"""Stands in for openssl where a machine has none: the subcommands that the pages use."""

import argparse
import base64
import hmac
import secrets
import sys


def main() -> None:
    """`rand`, `base64` and `dgst`."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers(dest="command", required=True)
    rand = commands.add_parser("rand")
    rand.add_argument("-hex", action="store_true")
    rand.add_argument("-base64", action="store_true")
    rand.add_argument("number", type=int)
    coded = commands.add_parser("base64")
    coded.add_argument("-d", action="store_true")
    coded.add_argument("-A", action="store_true")
    digest = commands.add_parser("dgst")
    digest.add_argument("-sha256", action="store_true")
    digest.add_argument("-mac")
    digest.add_argument("-macopt")
    digest.add_argument("-binary", action="store_true")
    asked = parser.parse_args()
    if asked.command == "rand":
        value = secrets.token_bytes(asked.number)
        sys.stdout.write((value.hex() if asked.hex else base64.b64encode(value).decode()) + "\n")
        return
    given = sys.stdin.buffer.read()
    if asked.command == "dgst":
        sys.stdout.buffer.write(hmac.digest(bytes.fromhex(asked.macopt.removeprefix("hexkey:")), given, "sha256"))
    else:
        sys.stdout.buffer.write(base64.b64decode(given) if asked.d else base64.b64encode(given))


main()
