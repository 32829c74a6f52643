"""Stands in for kcat where a machine has none: produces the lines of its standard input."""

import argparse
import sys

from confluent_kafka import Producer


def main() -> None:
    """`kcat -P -b <broker> -t <topic>`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("-P", action="store_true", required=True)
    parser.add_argument("-b", required=True)
    parser.add_argument("-t", required=True)
    asked = parser.parse_args()
    producer = Producer({"bootstrap.servers": asked.b})
    for line in sys.stdin:
        producer.produce(asked.t, line.rstrip("\n"))
    sys.exit(producer.flush(10))


main()
