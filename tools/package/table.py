"""Lists the content of the package by size, and checks its limits."""

from collections import Counter

from tools.package.contents import Files

MEGABYTE = 1024 * 1024
ZIP_LIMIT = 12 * MEGABYTE
"""A bound of our own: the API takes 50 MB, and the console edits functions of up to 10, which nobody should."""
UNPACKED_LIMIT = 32 * MEGABYTE
ROW = "{:<22}{:>7}{:>12}{:>12}{:>12}"


class SizeError(Exception):
    """The package is larger than it may be."""


def render(files: Files) -> str:
    """One line for each package or module at the root, the largest first, and the sum."""
    count: Counter[str] = Counter()
    source: Counter[str] = Counter()
    bytecode: Counter[str] = Counter()
    for name, content in files.items():
        count[top(name)] += 1
        (bytecode if name.endswith(".pyc") else source)[top(name)] += len(content)
    order = sorted(count, key=lambda one: (-source[one] - bytecode[one], one))
    lines = [ROW.format("", "files", "files, kB", "bytecode, kB", "sum, kB")]
    lines += [row(one, count[one], source[one], bytecode[one]) for one in order]
    return "\n".join([*lines, row("all", count.total(), source.total(), bytecode.total())])


def row(name: str, count: int, source: int, bytecode: int) -> str:
    """One line of the table."""
    return ROW.format(name, count, *(f"{size / 1024:.0f}" for size in (source, bytecode, source + bytecode)))


def top(name: str) -> str:
    """The package or module at the root that a file belongs to."""
    head, slash, rest = name.partition("/")
    if head == "__pycache__":
        return f"{rest.partition('.')[0]}.py"
    return f"{head}/" if slash else head


def check(files: Files, zipped: int) -> None:
    """Raise `SizeError` if the zip or its content is too large."""
    unpacked = sum(map(len, files.values()))
    if zipped > ZIP_LIMIT or unpacked > UNPACKED_LIMIT:
        raise SizeError(f"{zipped / MEGABYTE:.1f} MB zipped, {unpacked / MEGABYTE:.1f} MB unpacked; allowed: 10 and 30")
