"""Shows the gain of each measure for a fast cold start: the package as it is, and with one measure undone.

python -m benchmarks.tricks
"""

from __future__ import annotations

import ast
import statistics
import sys
import tempfile
from pathlib import Path

from benchmarks.common import compiled, copied, package, paired, table
from benchmarks.first_events import create
from benchmarks.starts import Variant, instructions, measure, shown
from local.cloud import LocalCloud

INSTEAD = {
    "garbage collected while loading": ("cold_start.py", {"gc.disable()": "pass", "gc.freeze()": "pass"}),
    "all commands loaded": (
        "operations.py",
        {"        self._models()\n": "        [(row.command, row.result) for row in OPERATIONS.values()]\n"},
    ),
}
"""By measure: a module of `shared/`, a text in it, and the text in its place."""


def run(runs: int = 20) -> str:
    """Medians of processor time over so many runs, and instructions, which show small differences as well."""
    with tempfile.TemporaryDirectory() as scratch, LocalCloud() as cloud:
        variants = _variants(Path(scratch))
        samples = measure(variants, cloud, Path(scratch), runs)
        counted = {one.name: instructions(one, cloud, Path(scratch, "event.json")) for one in variants}
    cpu = {name: [sample.cpu for sample in found] for name, found in samples.items()}
    first = variants[0].name
    rows = [
        (
            name,
            f"{statistics.median(found) * 1000:.0f}",
            f"{paired(cpu, name, first):.2f}",
            *shown(counted[name], counted[first]),
        )
        for name, found in cpu.items()
    ]
    return table(("first answer of a create", "CPU ms", "ratio", "instructions, millions", "ratio"), rows)


def _variants(scratch: Path) -> list[Variant]:
    paths = {"as packaged": package()}
    paths["without bytecode"] = copied(package(), scratch / "plain", bytecode=False)
    for n, (name, (module, texts)) in enumerate(INSTEAD.items()):
        paths[name] = compiled(_rewritten(copied(package(), scratch / str(n), bytecode=False), module, texts))
    bare = copied(package(), scratch / "undocumented", bytecode=False)
    paths["bytecode without docstrings (not done)"] = compiled(_undocumented(bare))
    return [Variant(name, "create_user", path, create, "201") for name, path in paths.items()]


def _rewritten(path: Path, module: str, texts: dict[str, str]) -> Path:
    source = path / "shared" / module
    text = source.read_text()
    for old, new in texts.items():
        if old not in text:
            raise SystemExit(f"{module} has no {old!r} any more")
        text = text.replace(old, new)
    source.write_text(text)
    return path


def _undocumented(path: Path) -> Path:
    for source in path.rglob("*.py"):
        lines = source.read_bytes().splitlines(keepends=True)
        documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        nodes = [node for node in ast.walk(ast.parse(b"".join(lines))) if isinstance(node, documented)]
        for text in (node.body[0] for node in nodes if ast.get_docstring(node)):
            # Replaced by an empty docstring, so that the module still begins with one.
            first, last, end = text.lineno - 1, text.end_lineno or 0, text.end_col_offset or 0
            lines[first:last] = [
                lines[first][: text.col_offset] + b'""' + lines[last - 1][end:],
                *[b""] * (last - first - 1),
            ]
        source.write_bytes(b"".join(lines))
    return path


if __name__ == "__main__":
    sys.stdout.write(run() + "\n")
