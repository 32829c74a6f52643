"""The wheels that are taken: exactly the locked versions, made for the platform."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

import pytest

from tools.package import lock, wheels
from tools.package.build import LOCK, WHEELS
from tools.package.lock import LockError, Pin

GIVEN = b"a wheel"
HASH = hashlib.sha256(GIVEN).hexdigest()
PIN = Pin("some-thing", "2.1", frozenset({HASH}))


def test_the_lock_is_read_for_the_platform(tmp_path: Path) -> None:
    """Lines go over several lines; a marker that excludes the platform drops its line, and no marker reaches pip."""
    path = tmp_path / "lock.txt"
    rows = ["# made by a tool", f"Some_Thing==2.1 ; python_full_version < '3.11' \\\n    --hash=sha256:{HASH}"]
    path.write_text("\n".join([*rows, f"other==1 ; sys_platform == 'win32' --hash=sha256:{HASH}"]) + "\n")
    assert lock.read(path) == [PIN]
    assert PIN.line == f"some-thing==2.1 --hash=sha256:{HASH}"


@pytest.mark.parametrize(
    "line",
    [
        "thing==1",
        "-e .",
        f"--hash=sha256:{HASH}",
        *(f"{one} --hash=sha256:{HASH}" for one in ("thing>=1", "thing==1.*", "thing==1,<2", "thing[x]==1", "thing")),
    ],
)
def test_an_unpinned_line_is_an_error(line: str) -> None:
    """A requirement without version or without hash could become anything."""
    with pytest.raises(LockError):
        lock.parse(line)


RUNS = (
    "cp310-cp310-manylinux2014_x86_64.manylinux_2_17_x86_64",
    "cp310-cp310-manylinux_2_5_x86_64",
    "cp39-abi3-manylinux_2_5_x86_64",
    "py2.py3-none-any",
)
"""The one made for the platform first, then one for an older C library, for an older Python, for any machine."""


def ranked(tags: str) -> int | None:
    """The place of a wheel with such tags."""
    return wheels.rank(Path(f"some_thing-2.1-{tags}.whl"), PIN)


@pytest.mark.parametrize(
    "tags",
    [
        "cp311-abi3-manylinux2014_x86_64",
        "cp311-cp311-manylinux2014_x86_64",
        "cp310-cp310-manylinux_2_28_x86_64",
        "cp310-cp310-musllinux_1_2_x86_64",
        "cp310-cp310-manylinux2014_aarch64",
        "cp310-cp310-macosx_11_0_arm64",
        "py2-none-any",
    ],
)
def test_a_wheel_for_another_machine_is_not_taken(tags: str) -> None:
    """CPython 3.10, glibc 2.17, x86-64: what needs another interpreter, library or processor has no place."""
    assert ranked(tags) is None


def test_a_wheel_has_to_run_on_the_platform() -> None:
    """CPython 3.10, glibc 2.17, x86-64; what was made for it is preferred to what runs anywhere."""
    places = [place for place in map(ranked, RUNS) if place is not None]
    assert len(places) == len(RUNS)
    assert places == sorted(set(places))
    assert places[0] == 0


@pytest.mark.parametrize(
    "name", ["other-2.1-py3-none-any.whl", "some_thing-2.1.post1-py3-none-any.whl", "some_thing.whl"]
)
def test_a_wheel_of_something_else_has_no_place(name: str) -> None:
    """A wheel of another package or version, or with an unreadable name, has no rank."""
    assert wheels.rank(Path(name), PIN) is None


def test_the_wheel_made_for_the_platform_is_preferred(tmp_path: Path) -> None:
    """With two that fit, the choice does not depend on the order of files."""
    for tags in ("py3-none-any", "cp310-cp310-manylinux2014_x86_64"):
        (tmp_path / f"some_thing-2.1-{tags}.whl").write_bytes(GIVEN)
    assert wheels.cached(PIN, tmp_path).name == "some_thing-2.1-cp310-cp310-manylinux2014_x86_64.whl"


@pytest.mark.parametrize(
    ("name", "content"),
    [("some_thing-2.0-py3-none-any.whl", GIVEN), ("some_thing-2.1-py3-none-any.whl", b"changed")],
)
def test_an_older_or_changed_wheel_is_never_taken(
    name: str, content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an installer would fall back to an older version without a word, the build fails."""

    def fall_back(_pins: Iterable[Pin], cache: Path) -> None:
        (cache / name).write_bytes(content)

    monkeypatch.setattr(wheels, "download", fall_back)
    with pytest.raises(wheels.WheelError, match=r"no wheel of some-thing 2\.1"):
        wheels.collect([PIN], tmp_path)


def test_pip_resolves_for_the_platform() -> None:
    """Whatever interpreter runs pip, it is asked for wheels of CPython 3.10 and glibc 2.17."""
    asked = " ".join([*wheels.DOWNLOAD, *wheels.options()])
    for option in ("--only-binary=:all:", "--require-hashes", "--no-deps", "--python-version=3.10", "--abi=cp310"):
        assert option in asked
    assert "--platform=manylinux2014_x86_64" in asked


def test_what_pip_cannot_find_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without index and network the reason is one line."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    with pytest.raises(wheels.WheelError, match="pip could not download the wheels: ERROR") as caught:
        wheels.collect([PIN], tmp_path)
    assert "\n" not in str(caught.value)


def test_set_up_has_left_every_wheel() -> None:
    """A build after set-up needs no network: each locked package has its wheel in the virtual environment."""
    assert all(wheels.find(pin, WHEELS) for pin in lock.read(LOCK))
