"""The wheel: built, installed into an environment of its own, and the command run from there."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

from local.cloud import LocalCloud
from shared.version import __version__
from tests.system.doctor.test_doctor import deploy, keys
from tools import wheel
from tools.wheel import ROOT, WheelError, build

HERE = sysconfig.get_path("purelib")
SUBCOMMANDS = ("dead-letters list", "history", "who", "doctor")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def environment(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new environment with the wheel in it; its dependencies are those of the environment that runs the tests."""
    venv = tmp_path_factory.mktemp("other project") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(venv)], check=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(built)]
    subprocess.run(pip, env=os.environ | {"PYTHONPATH": HERE, "PIP_DISABLE_PIP_VERSION_CHECK": "1"}, check=True)
    packages(venv).joinpath("dependencies.pth").write_text(HERE + "\n")
    return venv


def packages(venv: Path) -> Path:
    """Where an environment has what is installed into it."""
    [found] = venv.glob("lib/python*/site-packages")
    return found


def run(venv: Path, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run the installed command with nothing of the checkout in sight."""
    command = [str(venv / "bin" / "im-access"), *words]
    return subprocess.run(
        command, cwd=venv, env={"PATH": os.defpath, **env}, capture_output=True, text=True, check=False
    )


def test_it_brings_one_package(environment: Path) -> None:
    """Other projects' environments get `im_access` and its metadata, and nothing called `cli` or `shared`."""
    tops = {path.name for path in packages(environment).iterdir()}
    assert tops == {"im_access", f"im_access-{__version__}.dist-info", "dependencies.pth"}


def test_its_metadata_is_the_projects(built: Path) -> None:
    """Name, version, licence and dependencies; the same version as in the code."""
    with zipfile.ZipFile(built) as archive:
        meta = Parser().parsestr(archive.read(f"im_access-{__version__}.dist-info/METADATA").decode())
    assert (meta["Name"], meta["Version"], meta["License-Expression"]) == ("im-access", __version__, "Apache-2.0")
    assert meta["Requires-Python"] == ">=3.10"
    files = (ROOT / "requirements" / name for name in ("runtime.in", "cli.in"))
    lines = [line for file in files for line in file.read_text("utf-8").splitlines()]
    wanted = [line for line in lines if line and not line.startswith("#")]
    assert {re.split("[<>=]", name)[0] for name in meta.get_all("Requires-Dist", [])} == {
        re.split("[<>=]", name)[0] for name in wanted
    }
    assert meta["Project-URL"] is None


def test_every_module_and_role_document_is_inside(built: Path) -> None:
    """What the checkout has, the wheel has; no bytecode, and the marks that it is typed."""
    folders = [(ROOT / name, "*") for name in ("cli", "doctor", "shared")] + [(ROOT / "docs" / "security", "*.json")]
    here = {path for folder, pattern in folders for path in folder.rglob(pattern) if path.is_file()}
    here.add(ROOT / "docs" / "alarms.json")
    wanted = {f"im_access/{path.relative_to(ROOT).as_posix()}" for path in here if path.suffix != ".pyc"}
    with zipfile.ZipFile(built) as archive:
        assert {name for name in archive.namelist() if ".dist-info/" not in name} == wanted
    assert {"im_access/cli/py.typed", "im_access/shared/py.typed", "im_access/docs/security/sweep.json"} <= wanted


def test_the_same_sources_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    """A wheel built at another time in another folder has the same bytes."""
    assert build(tmp_path).read_bytes() == built.read_bytes()


def test_the_command_says_its_version(environment: Path) -> None:
    """`--version` is the version of the code."""
    done = run(environment, "--version")
    assert (done.returncode, done.stdout, done.stderr) == (0, f"im-access {__version__}\n", "")


@pytest.mark.parametrize("words", ["", *SUBCOMMANDS])
def test_every_command_has_its_help(environment: Path, words: str) -> None:
    """Each command loads from the installed wheel and shows its help."""
    done = run(environment, *words.split(), "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"Usage: im-access {words}")


def test_the_doctor_has_the_role_documents(environment: Path) -> None:
    """Against a fit account every role is compared with its document, and the account passes."""
    with LocalCloud() as cloud:
        deploy(cloud)
        account = {
            "IM_ACCESS_BUCKET": cloud.bucket,
            "IM_ACCESS_REGION": cloud.region,
            "IM_ACCESS_API_ENDPOINT": cloud.api_url,
            "IM_ACCESS_COS_ENDPOINT": cloud.cos_url,
            "IM_ACCESS_HTTP_AUTH": "platform",
        }
        done = run(environment, "doctor", "--json", **account, **keys(cloud.role_credentials()))
    rows = json.loads(done.stdout)
    compared = [row["finding"] for row in rows if "allows what docs/security/" in row["finding"]]
    assert len(compared) == len(list((ROOT / "docs" / "security").glob("*.json")))
    assert done.returncode == 0, rows


def test_a_build_that_fails_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A failed build ends with exit code 2 and the last line that it printed."""

    def fail(_out: Path) -> Path:
        raise WheelError("no such thing")

    monkeypatch.setattr(wheel, "build", fail)
    assert wheel.main(["--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "wheel: no such thing\n"


def test_a_disk_that_is_full_is_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What cannot be written is told so, with exit code 2."""

    def full(_out: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(wheel, "build", full)
    assert wheel.main(["--out", str(tmp_path)]) == 2
    assert capsys.readouterr().err == "wheel: it could not be written: [Errno 28] No space left on device\n"


def test_a_broken_project_is_said(tmp_path: Path) -> None:
    """A checkout that setuptools cannot read makes no wheel."""
    wheel.copy(ROOT, tmp_path)
    (tmp_path / "pyproject.toml").write_text("[project")
    with pytest.raises(WheelError):
        build(tmp_path / "out", tmp_path)
    assert not (tmp_path / "out").exists()
