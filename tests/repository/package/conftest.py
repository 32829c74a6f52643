"""The package, built once from a copy of the checkout, so that edits meanwhile do not change it."""

import shutil
from pathlib import Path

import pytest

from local.scf import interpreter
from tools.package.build import ROOT, WHEELS, Built, build


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the package is made from: the functions, `shared/` and the lock."""
    root = tmp_path_factory.mktemp("source")
    for name in ("functions", "shared"):
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    (root / "requirements").mkdir()
    shutil.copy(ROOT / "requirements" / "runtime.txt", root / "requirements")
    return root


@pytest.fixture(scope="session")
def built(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The package as `make package` writes it here, with bytecode if there is a Python 3.10."""
    return build(tmp_path_factory.mktemp("built"), interpreter.python310(), WHEELS, source)
