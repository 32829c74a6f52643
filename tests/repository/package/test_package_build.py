"""The zip's bytes, the folder beside it, and the bytecode."""

import errno
import marshal
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from local.scf import interpreter
from tools import package
from tools.package import archive, bytecode
from tools.package.__main__ import NO_PYTHON, main
from tools.package.build import WHEELS, Built, build


def test_the_same_bytes_from_another_folder(built: Built, source: Path, tmp_path: Path) -> None:
    """Two builds, of copies in two places, into two places, give the same zip."""
    copy = shutil.copytree(source, tmp_path / "some" / "where else")
    again = build(tmp_path / "out", interpreter.python310(), WHEELS, copy)
    assert archive.sha256(again.zip) == archive.sha256(built.zip)


def test_the_zip_says_nothing_of_the_machine(built: Built) -> None:
    """The zip has sorted names, one time, Unix permissions and no folders, so it does not depend on the machine."""
    with zipfile.ZipFile(built.zip) as zipped:
        rows = zipped.infolist()
    assert [row.filename for row in rows] == sorted(built.files)
    assert {row.date_time for row in rows} == {(1980, 1, 1, 0, 0, 0)}
    assert {(row.create_system, row.extra, row.comment) for row in rows} == {(3, b"", b"")}
    for row in rows:
        assert row.external_attr >> 16 == (0o100755 if row.filename.endswith(".so") else 0o100644)


def test_the_folder_is_the_zip(built: Built) -> None:
    """The deployer uploads a folder: it holds exactly the zip's files, also after an earlier build left others."""
    (built.folder / "stale.py").write_text("")
    archive.unfold(built.files, built.folder)
    there = {path.relative_to(built.folder).as_posix(): path for path in built.folder.rglob("*") if path.is_file()}
    with zipfile.ZipFile(built.zip) as zipped:
        assert {name: path.read_bytes() for name, path in there.items()} == {
            name: zipped.read(name) for name in zipped.namelist()
        }


def test_every_module_has_bytecode_that_the_platform_uses(built: Built) -> None:
    """Unchecked hash-based `.pyc` of CPython 3.10 (magic 3439) whose code says /var/user; or none, without a 3.10."""
    modules = [name for name in built.files if name.endswith(".py")]
    compiled = {name for name in built.files if name.endswith(".pyc")}
    if interpreter.python310() is None:
        assert not compiled
        return
    assert compiled == {cached(name) for name in modules}
    for name in modules:
        content = built.files[cached(name)]
        assert content[:8] == (3439).to_bytes(2, "little") + b"\r\n" + (1).to_bytes(4, "little")
        assert f"/var/user/{name}".encode() in content


def cached(name: str) -> str:
    """Where the bytecode of a module is."""
    folder, slash, file = name.rpartition("/")
    return f"{folder}{slash}__pycache__/{file.removesuffix('.py')}.cpython-310.pyc"


def test_the_bytecode_is_what_runs(built: Built, tmp_path: Path) -> None:
    """With a changed source beside it, Python 3.10 still runs the bytecode: it never looks at the source."""
    python = interpreter.python310()
    assert (python is None) is not any(name.endswith(".pyc") for name in built.files)
    root = shutil.copytree(built.folder, tmp_path / "user")
    (root / "create_user.py").write_text("raise SystemExit('compiled again')\n")
    command = [python or sys.executable, "-s", "-S", "-c", "import create_user; print(create_user.__cached__)"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if python:
        assert done.stdout.strip().endswith("__pycache__/create_user.cpython-310.pyc")
    else:
        assert "compiled again" in done.stderr


def test_bytecode_depends_on_the_source_alone() -> None:
    """The compiler's own tricks keep the meaning: what it writes runs, with nested code, tuples and frozensets."""
    from tools.package.compiler import bytecode as compile_one

    source = b"def f(x):\n    def g(): return x in {'a', 'b'}, (1, ('deep', 2.5))\n    return g()\n"
    content = compile_one(source, "some/module.py")
    assert content == compile_one(source, "some/module.py")
    space: dict[str, object] = {}
    exec(marshal.loads(content[16:]), space)  # noqa: S102, S302 - our own bytecode
    assert eval("f('a')", space) == (True, (1, ("deep", 2.5)))  # noqa: S307


def test_a_module_that_does_not_compile_fails_the_build() -> None:
    """One line names what is wrong; no path of this machine is in it."""
    python = interpreter.python310() or sys.executable
    with pytest.raises(bytecode.CompileError, match="SyntaxError") as caught:
        bytecode.compiled({"wrong.py": b"def f(:\n"}, python)
    assert "\n" not in str(caught.value)


def test_without_a_python_310_the_output_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The package is built all the same, without bytecode, and the line says what that costs."""
    assert main(["--no-bytecode", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert NO_PYTHON in said
    assert "sha256" in said
    with zipfile.ZipFile(tmp_path / "im-access.zip") as zipped:
        assert not [name for name in zipped.namelist() if name.endswith(".pyc")]


def test_a_failure_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without wheels and without an index, `make package` ends with 2 and says why."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    assert main(["--fetch", "--wheels", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_full_disk_leaves_the_zip_that_was_there(
    built: Built, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A zip has its name once it is whole; `make package` ends with 2 and one line."""
    (tmp_path / "im-access.zip").write_text("of yesterday")

    def full(*_words: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(zipfile.ZipFile, "writestr", full)
    monkeypatch.setattr(package.build, "build", lambda out, *_how: archive.save(built.files, out / "im-access.zip"))
    assert main(["--out", str(tmp_path)]) == 2
    said = capsys.readouterr().err
    assert said == "package: it could not be written: [Errno 28] No space left on device\n"
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("im-access.zip", "of yesterday")]


def test_an_interpreter_is_tried_before_it_is_trusted(tmp_path: Path) -> None:
    """A program that fails or prints something else is no Python 3.10; this one is what it is."""
    shim = tmp_path / "python3.10"
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    assert interpreter.release(str(shim)) == ()
    assert interpreter.release(str(tmp_path / "none")) == ()
    assert interpreter.release(sys.executable) == sys.version_info[:3]
    found = interpreter.python310()
    if found:
        version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
        assert version.startswith("Python 3.10")
