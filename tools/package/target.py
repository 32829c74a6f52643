"""The machine that runs the package. Wheel tags and markers (PEP 508) are evaluated for it, not for the building
machine.

SCF's `Python3.10` is CPython on x86-64 Linux with glibc 2.17: https://cloud.tencent.com/document/product/583/11061.
"""

import re

from packaging import tags
from packaging.markers import InvalidMarker, Marker
from packaging.version import InvalidVersion, Version

from local.scf.interpreter import PYTHON

GLIBC = (2, 17)
PLATFORMS = ("manylinux2014_x86_64", "manylinux_2_17_x86_64")
"""What pip is asked for; it takes wheels for an older C library as well."""
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
COMPARISON = re.compile(r'("[^"]*"|\w+) (<=|>=|~=|==|!=|<|>) ("[^"]*"|\w+)')


class MarkerError(ValueError):
    """A marker cannot be evaluated. Then no package is built, because a dependency could be missing from it."""


def supported() -> list[tags.Tag]:
    """The tags of wheels that run on the target, the most specific one first (PEP 425, PEP 600)."""
    older = {17: "manylinux2014_x86_64", 12: "manylinux2010_x86_64", 5: "manylinux1_x86_64"}
    platforms: list[str] = []
    for minor in range(GLIBC[1], 4, -1):
        platforms += [f"manylinux_{GLIBC[0]}_{minor}_x86_64", *([older[minor]] if minor in older else [])]
    return [
        *tags.cpython_tags(PYTHON, abis=["cp310"], platforms=platforms),
        *tags.compatible_tags(PYTHON, interpreter="cp310", platforms=platforms),
    ]


def holds(marker: str) -> bool:
    """Whether a marker such as `python_full_version < '3.11'` is true on the target. Raises `MarkerError`."""
    try:
        read = Marker(marker)
    except InvalidMarker as error:
        raise MarkerError(f"not understood: {marker!r}") from error
    for left, sign, right in COMPARISON.findall(str(read)):
        check(left, sign, right)
    return read.evaluate(VARIABLES)


def check(left: str, sign: str, right: str) -> None:
    """Refuse markers that `packaging` silently evaluates to false: an order of texts, or an invalid version."""
    if "version" in f"{left} {right}":
        for side in (left, right):
            if side.startswith('"'):
                check_version(side.strip('"').removesuffix(".*"))
    elif sign not in ("==", "!="):
        raise MarkerError(f"text has no order: {left} {sign} {right}")


def check_version(text: str) -> None:
    """Refuse a text that is no version."""
    try:
        Version(text)
    except InvalidVersion as error:
        raise MarkerError(f"not a version: {text!r}") from error
