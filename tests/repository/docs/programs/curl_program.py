"""Stands in for curl where a machine has none: the options that the pages use."""

import argparse
import sys
import urllib.error
import urllib.request


def main() -> None:
    """GET, POST where there is data, or the method that is asked for."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-sS", action="store_true")
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("--data-raw")
    parser.add_argument("-X", default=None)
    parser.add_argument("url")
    asked = parser.parse_args()
    headers = dict(line.split(": ", 1) for line in asked.H)
    body = None if asked.data_raw is None else asked.data_raw.encode()
    request = urllib.request.Request(asked.url, body, headers, method=asked.X)  # noqa: S310 - from our own pages
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as answer:
            sys.stdout.write(answer.read().decode())
    except urllib.error.HTTPError as error:
        with error:
            sys.stdout.write(error.read().decode())


main()
