"""Gathers the files of the package: the functions, `shared/`, and those files of the dependencies that are needed."""

import fnmatch
import re
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.package import target

_SIGNER = "of Tencent's SDK only the signer is used, which needs nothing else; its sessions need requests"
_AES = "of cryptography only AES is used"
UNUSED = {
    "*.dist-info/*": "metadata: nothing asks for it, and without it pydantic's search for plugins ends at once",
    "*.pyi": "stubs are for type checkers",
    "*/py.typed": "a mark for type checkers",
    "*/__main__.py": "a command of its own",
    "*/tests/*": "tests of a package",
    "annotated_types/test_cases.py": "tests of a package",
    "cffi/*": "compiles bindings; cryptography needs its backend alone, which is a module at the root",
    "cryptography/fernet.py": _AES,
    "cryptography/hazmat/asn1/*": _AES,
    "cryptography/hazmat/primitives/asymmetric/*": _AES,
    "cryptography/hazmat/primitives/kdf/*": _AES,
    "cryptography/hazmat/primitives/serialization/*": _AES,
    "cryptography/hazmat/primitives/twofactor/*": _AES,
    "cryptography/x509/*": _AES,
    "pydantic/mypy.py": "a plugin of mypy",
    "pydantic/v1/*": "pydantic 1; imported only for models that are written for it",
    "structlog/twisted.py": "needs Twisted, which is not installed",
    "tencentcloud/common/http/*": _SIGNER,
    "tencentcloud/common/profile/*": _SIGNER,
    "tencentcloud/common/abstract_*.py": _SIGNER,
    "tencentcloud/common/circuit_breaker.py": _SIGNER,
    "tencentcloud/common/common_client*.py": _SIGNER,
    "tencentcloud/common/credential.py": _SIGNER,
    "tencentcloud/common/retry*.py": _SIGNER,
    "tzdata/zones": "a list of names, which nobody asks for",
    "tzdata/zoneinfo/*.tab": "tables for people",
    "tzdata/zoneinfo/leapseconds": "zoneinfo knows none",
    "tzdata/zoneinfo/tzdata.zi": "the source that the zones are compiled from",
}
"""Patterns of what is never imported, with the reason."""

GLIBC_SYMBOL = re.compile(rb"GLIBC_(\d+)\.(\d+)")
Files = dict[str, bytes]


class ContentError(Exception):
    """The package would be wrong: two files have one name, a module is for another machine, or there are no
    functions.
    """


def gather(root: Path, wheels: Iterable[Path]) -> Files:
    """Every file of the package, by its path in the package. Raises `ContentError`."""
    files: Files = {}
    for source in (own_files(root), *map(unpacked, wheels)):
        for name, content in source:
            if name in files:
                raise ContentError(f"two files are called {name}")
            check_glibc(name, content)
            files[name] = content
    return files


def own_files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Our own files: the modules of `functions/` at the root, and `shared/`."""
    functions = sorted((root / "functions").glob("*.py"))
    if not functions:
        raise ContentError("there are no functions")
    for path in functions:
        yield path.name, path.read_bytes()
    for path in sorted((root / "shared").rglob("*")):
        if path.is_file() and path.suffix != ".pyc" and not unused(name := path.relative_to(root).as_posix()):
            yield name, path.read_bytes()


def unpacked(wheel: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a wheel that are used. Its root is what an installation puts on the import path (PEP 427)."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            top = name.partition("/")[0]
            if top.endswith(".data"):
                raise ContentError(f"{wheel.name} has {top}, which a plain copy would not install")
            if not name.endswith("/") and not unused(name):
                yield name, archive.read(name)


def unused(name: str) -> str | None:
    """Why a file is left out; None for one that stays."""
    return next((reason for pattern, reason in UNUSED.items() if fnmatch.fnmatchcase(name, pattern)), None)


def check_glibc(name: str, content: bytes) -> None:
    """Refuse a compiled module that needs a newer C library than the platform's, whatever its wheel's tag says."""
    if name.endswith(".so"):
        needed = max(((int(major), int(minor)) for major, minor in GLIBC_SYMBOL.findall(content)), default=(0, 0))
        if needed > target.GLIBC:
            raise ContentError(f"{name} needs glibc {needed[0]}.{needed[1]}; the platform has 2.17")
