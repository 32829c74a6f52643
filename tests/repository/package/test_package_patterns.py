"""Regular expressions that come compiled: they are what Python would have made of them, and only a cold start's."""

import json
import subprocess
import sys

import pytest

from tools.package import interpreter, patterns
from tools.package.__main__ import main
from tools.package.build import Built

COMPARE = """
import json, re, sre_compile, sys
sys.path.insert(0, sys.argv[1])
from shared.patterns import at_hand
rows = json.load(open(sys.argv[2], encoding="utf-8"))
slow, code = sre_compile.compile, sre_compile._code
wrong = []
for row in rows:
    pattern = row["pattern"].encode("latin-1") if row["bytes"] else row["pattern"]
    expected = slow(pattern, row["flags"])
    sre_compile._code = None  # whoever compiles now fails
    with at_hand():
        found = sre_compile.compile(pattern, row["flags"])
    sre_compile._code = code
    # Patterns are equal where flags and code are; the rest is what names and numbers of groups are.
    same = (found, found.groups, found.groupindex) == (expected, expected.groups, expected.groupindex)
    if not same or sre_compile.compile is not slow:
        wrong.append(row)
print(len(rows), len(wrong))
"""


def own(rows: patterns.Rows) -> patterns.Rows:
    """Those of modules in the package: the standard library's may differ from one patch release to the next."""
    return [row for row in rows if row["module"].partition(".")[0] not in sys.stdlib_module_names]


def test_the_table_holds_what_python_compiles(built: Built) -> None:
    """For every pattern of the list, without compiling; and afterwards Python compiles as before."""
    python = interpreter.python310()
    assert (python is None) is (patterns.TABLE not in built.files)
    if python:
        words = [python, "-S", "-B", "-W", "error", "-c", COMPARE, str(built.folder), str(patterns.LIST)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        assert done.stdout.split() == [str(len(json.loads(patterns.LIST.read_text()))), "0"], done.stderr


def test_the_list_is_what_a_cold_start_compiles(built: Built) -> None:
    """Nothing is missing and nothing is left over: after an update, `python -m tools.package --record` renews it."""
    python = interpreter.python310()
    rows = json.loads(patterns.LIST.read_text())
    assert len(own(rows)) > 20
    if python:
        assert own(patterns.recorded(built.files, python)) == own(rows)


def test_recording_needs_a_python_310(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """And says so."""
    monkeypatch.setattr(interpreter, "python310", lambda: None)
    with pytest.raises(SystemExit):
        main(["--record"])
    assert "--record needs a CPython 3.10" in capsys.readouterr().err


def test_elsewhere_python_compiles_as_ever() -> None:
    """Another Python, or a checkout, has no table: nothing is put in anybody's way."""
    program = (
        "import re; before = re.compile; from shared.patterns import at_hand\n"
        "with at_hand(): print(re.compile('a+b').match('aab').end(), re.compile is before)"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["3", "True"], done.stderr
