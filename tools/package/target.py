"""The machine that the package is for, and the markers of PEP 508 evaluated for it, not for the one that builds.

SCF's `Python3.10` is CPython on x86-64 Linux with glibc 2.17: https://cloud.tencent.com/document/product/583/11061.
"""

import re
from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne

PYTHON = (3, 10)
GLIBC = (2, 17)
PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64")
ABIS = ("cp310", "abi3", "none")

VARIABLES = {
    "python_version": "3.10",
    "python_full_version": "3.10.0",
    "implementation_name": "cpython",
    "implementation_version": "3.10.0",
    "os_name": "posix",
    "platform_machine": "x86_64",
    "platform_python_implementation": "CPython",
    "platform_system": "Linux",
    "sys_platform": "linux",
    "extra": "",
}
TOKEN = re.compile(r"\s*(?:(?P<text>'[^']*'|\"[^\"]*\")|(?P<word>[a-z_]+)|(?P<sign><=|>=|==|!=|<|>|\(|\)))")
COMPARE: dict[str, Callable[[object, object], bool]] = {
    "<": lt,  # type: ignore[dict-item]
    "<=": le,  # type: ignore[dict-item]
    "==": eq,
    "!=": ne,
    ">=": ge,  # type: ignore[dict-item]
    ">": gt,  # type: ignore[dict-item]
}


class MarkerError(ValueError):
    """A marker that is not understood: better no package than one that lacks a dependency."""


def holds(marker: str) -> bool:
    """Whether a marker such as `python_full_version < '3.11'` is true on the target. Raises `MarkerError`."""
    reader = Reader(marker)
    answer = reader.either()
    if reader.left:
        raise MarkerError(f"not understood: {marker!r}")
    return answer


class Reader:
    """A recursive-descent reader: `or` of `and` of comparisons and parentheses."""

    def __init__(self, marker: str) -> None:
        self.marker = marker
        self.left = tokens(marker)

    def either(self) -> bool:
        """One or more terms joined by `or`."""
        found = self.both()
        while self.left[:1] == ["or"]:
            self.take()
            found = self.both() or found
        return found

    def both(self) -> bool:
        """One or more comparisons joined by `and`."""
        found = self.one()
        while self.left[:1] == ["and"]:
            self.take()
            found = self.one() and found
        return found

    def one(self) -> bool:
        """A comparison, or a marker in parentheses."""
        first = self.take()
        if first == "(":
            inside = self.either()
            if self.take() != ")":
                raise MarkerError(f"not understood: {self.marker!r}")
            return inside
        sign = self.take()
        if sign not in COMPARE:
            raise MarkerError(f"not understood: {self.marker!r}")
        return compare(first, sign, self.take())

    def take(self) -> str:
        """The next token."""
        if not self.left:
            raise MarkerError(f"ends too early: {self.marker!r}")
        return self.left.pop(0)


def tokens(marker: str) -> list[str]:
    """The words, quoted texts and signs of a marker."""
    found, at = [], 0
    while at < len(marker.rstrip()):
        match = TOKEN.match(marker, at)
        if match is None:
            raise MarkerError(f"not understood: {marker!r}")
        found.append(match.group().strip())
        at = match.end()
    return found


def compare(left: str, sign: str, right: str) -> bool:
    """Compare two operands: as versions where both look like one and the variable is a version, else as text."""
    ours, theirs = operand(left), operand(right)
    if "version" in left + right:
        return COMPARE[sign](version(ours), version(theirs))
    if sign not in ("==", "!="):
        raise MarkerError(f"text has no order: {left} {sign} {right}")
    return COMPARE[sign](ours, theirs)


def operand(token: str) -> str:
    """A quoted text, or the value of a variable."""
    if token[0] in "'\"":
        return token[1:-1]
    if token not in VARIABLES:
        raise MarkerError(f"unknown variable {token}")
    return VARIABLES[token]


def version(text: str) -> tuple[int, ...]:
    """A release as numbers, without trailing zeros: 3.10 and 3.10.0 are equal. Raises `MarkerError`."""
    if not re.fullmatch(r"\d+(\.\d+)*", text, re.ASCII):
        raise MarkerError(f"not a plain version: {text!r}")
    numbers = [int(number) for number in text.split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
