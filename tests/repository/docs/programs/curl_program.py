"""Stands in for curl where a machine has none: the options that the pages use."""

import argparse
import sys
import time
import urllib.error
import urllib.request


def main() -> None:
    """GET, POST where there is data, or the method that is asked for; what is answered 429 comes again when it may."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-sS", action="store_true")
    parser.add_argument("-sSf", action="store_true")
    parser.add_argument("--retry", type=int, default=0)
    parser.add_argument("-H", action="append", default=[])
    parser.add_argument("--data-raw")
    parser.add_argument("-X", default=None)
    parser.add_argument("url")
    asked = parser.parse_args()
    headers = dict(line.split(": ", 1) for line in asked.H)
    body = None if asked.data_raw is None else asked.data_raw.encode()
    request = urllib.request.Request(asked.url, body, headers, method=asked.X)  # noqa: S310 - from our own pages
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for left in range(asked.retry, -1, -1):
        try:
            with opener.open(request) as answer:
                sys.stdout.write(answer.read().decode())
            return
        except urllib.error.HTTPError as error:
            with error:
                told = error.read().decode()
            if error.code == 429 and left:
                time.sleep(int(error.headers["Retry-After"]))
                continue
            if asked.sSf:
                sys.exit(22)
            sys.stdout.write(told)
            return


main()
