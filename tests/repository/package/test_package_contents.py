"""What is in the package: all that the functions can import, and nothing else."""

import ast
import fnmatch
import sys
import zipfile
from pathlib import Path

import pytest

from tools.package import contents, lock, table, wheels
from tools.package.build import LOCK, WHEELS, Built
from tools.package.contents import UNUSED, ContentError

OPTIONAL = {
    *("email_validator", "rich", "brotli", "brotlicffi", "compression", "backports", "chardet", "simplejson"),
    *("better_exceptions", "greenlet", "colorama", "cryptography", "_typeshed", "annotationlib", "urlparse"),
    *("ConfigParser", "idna"),
}
"""Imports that the dependencies try and do without; all are in `try`, under a condition, or for another platform."""


def write(path: Path, files: dict[str, bytes]) -> Path:
    """A wheel with these files."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def test_the_root_holds_functions_and_shared(built: Built, source: Path) -> None:
    """Every function is a module at the root, and the whole of `shared/` is beside it, byte for byte."""
    own = [*(source / "functions").glob("*.py"), *(source / "shared").rglob("*.py")]
    assert len(own) > 10
    for path in own:
        base = source / "functions" if path.parent.name == "functions" else source
        assert built.files[path.relative_to(base).as_posix()] == path.read_bytes()


def test_nothing_is_in_it_that_is_never_imported(built: Built) -> None:
    """No tests, no local cloud, no development dependency, no metadata, no stubs."""
    tops = {name.partition("/")[0] for name in built.files}
    foreign = {"local", "tests", "tools", "cli", "benchmarks", "aiohttp", "pytest", "confluent_kafka", "rich"}
    assert not tops & (foreign | {"qcloud_cos", "Crypto", "crcmod", "httpx", "pip", "setuptools"})
    assert not [name for name in built.files if contents.unused(name)]
    zones = {name for name in built.files if name.startswith("tzdata/zoneinfo/") and "." not in name}
    assert "tzdata/zoneinfo/Asia/Shanghai" in zones
    assert {name.rpartition(".")[2] for name in built.files.keys() - zones} <= {"py", "pyc", "so", "pem"}


def test_every_reason_to_leave_out_still_applies() -> None:
    """Each pattern of what is left out matches a file of today's dependencies."""
    names = set[str]()
    for wheel in wheels.collect(lock.read(LOCK), WHEELS):
        with zipfile.ZipFile(wheel) as archive:
            names.update(archive.namelist())
    for pattern in UNUSED:
        assert [name for name in names if fnmatch.fnmatchcase(name, pattern)], pattern


def test_every_import_finds_its_module(built: Built) -> None:
    """Each absolute import in the package is of the standard library, of the package, or known to be optional."""
    inside = {name.partition("/")[0].removesuffix(".py") for name in built.files}
    missing = {
        f"{name}: {top}"
        for name, content in built.files.items()
        if name.endswith(".py")
        for top in imported(content)
        if top not in inside | OPTIONAL and top not in sys.stdlib_module_names
    }
    assert not missing


def imported(source: bytes) -> set[str]:
    """The top-level names that a module imports anywhere in it."""
    found = set[str]()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            found.add(node.module.partition(".")[0])
    return found


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"create_user.py": b""}, "two files are called create_user.py"),
        ({"thing-1.data/scripts/run": b""}, "which a plain copy would not install"),
        ({"thing.so": b"GLIBC_2.17\0GLIBC_2.28\0"}, r"needs glibc 2\.28"),
    ],
)
def test_a_wheel_that_would_not_work_is_refused(
    files: dict[str, bytes], said: str, source: Path, tmp_path: Path
) -> None:
    """A clash of names, files that only an installer places, and a newer C library are errors at build time."""
    wheel = write(tmp_path / "thing-1-py3-none-any.whl", files)
    with pytest.raises(ContentError, match=said):
        contents.gather(source, [wheel])


def test_no_functions_is_an_error(tmp_path: Path) -> None:
    """An empty package is never built."""
    with pytest.raises(ContentError, match="no functions"):
        contents.gather(tmp_path, [])


def test_the_table_adds_up(built: Built) -> None:
    """Each package at the root has a line, the largest first, and the last line is the sum."""
    lines = table.render(built.files).splitlines()
    assert lines[1].split()[0] == "cryptography/"
    assert lines[-1].split()[:2] == ["all", str(len(built.files))]
    assert any(line.startswith("create_user.py ") for line in lines)


def test_a_package_that_has_grown_too_large_is_refused(built: Built) -> None:
    """The limits are 12 MB zipped and 32 MB unpacked."""
    size = built.zip.stat().st_size
    table.check(built.files, size)
    assert size < table.ZIP_LIMIT
    with pytest.raises(table.SizeError):
        table.check(built.files, table.ZIP_LIMIT + 1)
    with pytest.raises(table.SizeError):
        table.check({"a.so": bytes(table.UNPACKED_LIMIT + 1)}, 1)
