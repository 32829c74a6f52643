"""`make release`, in a small repository whose make targets only leave a trace."""

from __future__ import annotations

import subprocess
import zipfile
from pathlib import Path

import pytest

from tools import golden, release
from tools.wheel import ROOT

CHANGELOG = """# Changelog

## [Unreleased]

## [1.2.3] - 2026-01-31

### Added

- A thing.

## [1.2.2] - 2026-01-01

- An older thing.

[Unreleased]: README.md
"""
MAKEFILE = """.PHONY: lint coverage demo package wheel
lint coverage demo: ; @echo $@ >> dist/ran
package wheel: ; @cp ready/$@ dist/$(if $(filter wheel,$@),im_access-1.2.3-py3-none-any.whl,im-access.zip)
"""


def git(root: Path, *words: str) -> str:
    """What git prints in the small repository."""
    who = ["-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    return subprocess.run(["git", *who, *words], cwd=root, check=True, capture_output=True, text=True).stdout  # noqa: S607


def write(root: Path, name: str, text: str) -> None:
    """Change a file, and commit the change."""
    (root / name).write_text(text)
    git(root, "add", name)
    git(root, "commit", "--quiet", "--message", name)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that is fit to be released as 1.2.3."""
    for name in ("GIT_AUTHOR", "GIT_COMMITTER"):
        monkeypatch.setenv(f"{name}_NAME", "somebody")
        monkeypatch.setenv(f"{name}_EMAIL", "somebody@example.com")
    for folder in ("dist", "ready", "shared", "tests/golden"):
        (tmp_path / folder).mkdir(parents=True)
    git(tmp_path, "init", "--quiet")
    write(tmp_path, ".gitignore", "dist/\n")
    write(tmp_path, "CHANGELOG.md", CHANGELOG)
    write(tmp_path, "Makefile", MAKEFILE)
    write(tmp_path, "shared/version.py", '__version__ = "1.2.3"\n')
    write(tmp_path, "tests/golden/1.2.3.json", "{}\n")
    write(tmp_path, "ready/wheel", "a wheel")
    pack(tmp_path, "app.py", "__pycache__/app.cpython-310.pyc")
    return tmp_path


def pack(root: Path, *names: str) -> None:
    """Have `make package` build a zip of these files."""
    with zipfile.ZipFile(root / "ready" / "package", "w") as package:
        for name in names:
            package.writestr(name, "")
    git(root, "add", "ready")
    git(root, "commit", "--quiet", "--message", "package")


def refused(root: Path, capsys: pytest.CaptureFixture[str], version: str = "1.2.3") -> str:
    """Why a release is refused; nothing was tagged."""
    before = git(root, "tag", "--list")
    assert release.main([version], root) == 2
    assert git(root, "tag", "--list") == before
    [line] = capsys.readouterr().err.splitlines()
    return line.removeprefix("release: ")


def test_a_fit_commit_is_tagged(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All checks ran, both files are there with their digests, and the tag holds the notes, headings included."""
    assert release.main(["1.2.3"], root) == 0
    assert (root / "dist" / "ran").read_text().split() == ["lint", "coverage", "demo"]
    assert git(root, "tag", "--list", "--format=%(contents)") == "im-access 1.2.3\n\n### Added\n\n- A thing.\n\n"
    assert git(root, "rev-parse", "v1.2.3^{commit}") == git(root, "rev-parse", "HEAD")
    said = capsys.readouterr().out
    assert "dist/im-access.zip" in said
    assert "dist/im_access-1.2.3-py3-none-any.whl" in said
    assert "git push origin v1.2.3" in said


def test_a_dry_run_does_all_but_the_tag(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run makes the same checks and the same files, and no tag."""
    assert release.main(["1.2.3", "--dry-run"], root) == 0
    assert (root / "dist" / "ran").exists()
    assert git(root, "tag", "--list") == ""
    assert "was not tagged" in capsys.readouterr().out


@pytest.mark.parametrize("version", ["", "v1.2.3", "1.2", "1.2.3rc1", "01.2.3", "1.2.3\n"])
def test_a_version_is_three_numbers(root: Path, capsys: pytest.CaptureFixture[str], version: str) -> None:
    """A version of any other form than three numbers is refused."""
    assert "is no version" in refused(root, capsys, version)


@pytest.mark.parametrize("name", ["CHANGELOG.md", "new.txt"])
def test_a_tree_with_changes_is_refused(root: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    """What is tagged is what was checked: nothing changed, nothing new."""
    (root / name).write_text("changed")
    assert refused(root, capsys) == "there are changes that are not committed"


def test_a_tag_is_made_once(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A version that was released stays what it was."""
    git(root, "tag", "v1.2.3")
    assert refused(root, capsys) == "the tag v1.2.3 is there already"


def test_another_version_in_the_code_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A release is refused if the version in the code is not the one to be tagged."""
    write(root, "shared/version.py", '__version__ = "1.2.2"\n')
    assert refused(root, capsys) == "shared/version.py does not say 1.2.3"


def test_a_version_without_a_golden_bucket_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The next version could not be tested to read what this one leaves behind."""
    git(root, "rm", "--quiet", "tests/golden/1.2.3.json")
    git(root, "commit", "--quiet", "--message", "forgotten")
    assert "tests/golden/1.2.3.json is missing" in refused(root, capsys)


def test_the_golden_bucket_of_a_released_version_stays(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written where the changelog has a heading for the version; the text says what to do."""
    folder = root / "tests" / "golden"
    assert golden.main("1.2.3", root / "CHANGELOG.md", folder) == 2
    assert "set the next version in shared/version.py" in capsys.readouterr().err
    assert (folder / "1.2.3.json").read_text() == "{}\n"


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("## [Unreleased]\n", "", "must be there"),
        ("## [Unreleased]\n", "## [Unreleased]\n\n- Left over.\n", "and empty"),
        (" - 2026-01-31", "", "YYYY-MM-DD"),
        ("[1.2.3]", "[1.2.4]", "[1.2.3] - YYYY-MM-DD"),
        ("### Added\n\n- A thing.\n", "", "[1.2.3] says nothing"),
    ],
)
def test_a_changelog_that_is_not_ready_is_refused(
    root: Path, capsys: pytest.CaptureFixture[str], old: str, new: str, why: str
) -> None:
    """The version has its own dated section, with something in it, and nothing is left unreleased."""
    write(root, "CHANGELOG.md", CHANGELOG.replace(old, new))
    assert why in refused(root, capsys)


def test_a_check_that_fails_ends_it(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A failed check ends the release without a tag, and its own output is the reason."""
    write(root, "Makefile", MAKEFILE.replace("@echo", "@false"))
    assert release.main(["1.2.3"], root) == 2
    assert "a check or a build failed, see above" in capsys.readouterr().err
    assert git(root, "tag", "--list") == ""


def test_ctrl_c_is_one_line(root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Interrupted while it tests it says so, exits 130, and has tagged nothing."""

    def interrupted(_root: Path, _version: str) -> list[Path]:
        raise KeyboardInterrupt

    monkeypatch.setattr(release, "build", interrupted)
    assert release.main(["1.2.3"], root) == 130
    assert capsys.readouterr().err == "release: interrupted; no tag was made\n"
    assert git(root, "tag", "--list") == ""


def test_a_package_without_bytecode_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A package without bytecode, which would start slowly, is not released."""
    pack(root, "app.py")
    assert "no bytecode" in refused(root, capsys)


def test_a_file_that_was_not_built_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A wheel of another version does not count."""
    write(root, "Makefile", MAKEFILE.replace("im_access-1.2.3", "im_access-1.2.2"))
    assert refused(root, capsys) == "dist does not have im_access-1.2.3-py3-none-any.whl"


def test_a_check_that_changes_files_is_refused(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A build that writes into the tree builds something else than the commit."""
    write(root, "Makefile", MAKEFILE.replace("dist/ran", "ran"))
    assert refused(root, capsys) == "the checks have changed files of the repository"


def test_outside_of_git_there_is_no_release(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In a folder without a commit, such as an unpacked archive, the release fails with git's words."""
    assert release.main(["1.2.3"], tmp_path) == 2
    assert "not a git repository" in capsys.readouterr().err


def test_the_targets_are_the_makefiles() -> None:
    """Each target that a release runs is a target of the Makefile."""
    text = (ROOT / "Makefile").read_text("utf-8")
    assert [target for target in release.TARGETS if f"\n{target}: " not in text] == []
