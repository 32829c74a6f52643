"""CONTRIBUTING.md and its files are complete: every target, the hooks, the report of a vulnerability."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.repository.docs import markdown
from tests.repository.docs.markdown import REPOSITORY

MAKEFILE = (REPOSITORY / "Makefile").read_text("utf-8")
TARGETS = re.findall(r"^([a-z-]+):", MAKEFILE, re.M)


def hooks() -> list[dict[str, Any]]:
    """The hooks of pre-commit."""
    config = yaml.safe_load((REPOSITORY / ".pre-commit-config.yaml").read_text("utf-8"))
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    found: list[dict[str, Any]] = config["repos"][0]["hooks"]
    return found


def test_every_target_is_told() -> None:
    """The page's table has a row for each target of the Makefile, and no other."""
    told = [name.removeprefix("make ") for name in markdown.rows("CONTRIBUTING.md") if name.startswith("make ")]
    assert sorted(told) == sorted(TARGETS)


def test_every_target_is_a_command() -> None:
    """Each has its help, and is made though a file of its name be there."""
    [phony] = re.findall(r"^\.PHONY: (.*)$", MAKEFILE, re.M)
    assert sorted(phony.split()) == sorted(TARGETS)
    assert sorted(re.findall(r"^([a-z-]+):.*## \S", MAKEFILE, re.M)) == sorted(TARGETS)


def test_make_help_lists_every_target() -> None:
    """One line each, and nothing but them where the suite itself was started by make."""
    environment = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    done = subprocess.run(
        ["make", "help"],  # noqa: S607 # found on PATH, as a contributor finds it
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(line.split()[1] for line in done.stdout.splitlines()) == sorted(TARGETS)


def test_make_lock_leaves_out_what_the_functions_do_not_need(tmp_path: Path) -> None:
    """Each package that is not emitted reaches uv, and only for the functions' own requirements."""
    uv = tmp_path / "uv"
    uv.write_text('#!/bin/sh\necho "$@"\n')
    uv.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    make = ["make", "lock"]
    done = subprocess.run(make, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    [unused] = re.findall(r"^UNUSED := (.*)$", MAKEFILE, re.M)
    lines = done.stdout.splitlines()
    written = [f"requirements/{name}.in -o requirements/{name}.txt" for name in ("dev", "browser", "runtime")]
    assert [line[line.index("requirements/") :] for line in lines] == [*written[:2], f"{written[2]} {unused}"]


def test_the_hooks_are_those_of_make_lint() -> None:
    """Each command of `make lint` is a hook, with the options that a list of files needs and no others."""
    [recipe] = re.findall(r"^lint:.*\n((?:\t.*\n)+)", MAKEFILE, re.M)
    wanted = [shlex.split(line.strip("\t@").replace("$(BIN)", ".venv/bin")) for line in recipe.splitlines()]
    entries = [shlex.split(hook["entry"]) for hook in hooks()]
    assert [[word for word in entry if word != "--force-exclude"] for entry in entries] == [
        [word for word in command if word != "."] for command in wanted
    ]


def test_the_hooks_fetch_nothing() -> None:
    """They run what is in .venv: no environment of their own, no other repository."""
    assert {hook["language"] for hook in hooks()} == {"system"}
    assert not any("additional_dependencies" in hook for hook in hooks())


@pytest.mark.parametrize("heading", ["reporting-a-vulnerability", "what-to-leave-out", "what-is-supported"])
def test_how_to_report_is_told(heading: str) -> None:
    """How, what is supported, and what a report leaves out; found from the page for contributors."""
    assert heading in markdown.anchors("SECURITY.md")
    assert "SECURITY.md" in markdown.links("CONTRIBUTING.md")
