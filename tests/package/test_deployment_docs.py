"""docs/deployment.md in both languages: its commands exist, its variables are right, its smoke test works."""

import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from cli.main import parser
from local.up import LocalStack
from tests.docs import markdown, session
from tools.deployment.toolkit import VARIABLE
from tools.package.build import ROOT, Built

PAGES = ("docs/deployment.md", "docs/deployment.zh-CN.md")
both = pytest.mark.parametrize("page", PAGES)
OPTIONAL = {"VPC_ID", "SUBNET_ID", "TENCENT_SECRET_ID", "TENCENT_SECRET_KEY"}


def block(page: str, kind: str) -> str:
    """The page's block of this kind."""
    (found,) = markdown.blocks(page, kind)
    return found.text


def test_both_languages_have_the_same_blocks() -> None:
    """Commands are the same letter for letter; only the words around them differ."""
    first, second = ([one.text for one in markdown.blocks(page)] for page in PAGES)
    assert first == second


@both
def test_the_variables_are_those_of_serverless_yml(page: str) -> None:
    """The file that the page shows has every variable that the deployment asks for, and no other."""
    shown = set(re.findall(r"^(\w+)=", block(page, "env"), re.M))
    assert shown - OPTIONAL == set(VARIABLE.findall((ROOT / "serverless.yml").read_text("utf-8"))) - OPTIONAL


@both
def test_the_roles_are_those_of_the_deployment(page: str) -> None:
    """Each function has its row with its role and its document."""
    for name in ("create_user", "grant_policy", "revoke_policy"):
        role, document = markdown.rows(page)[name][1:3]
        assert f"role: {role}\n" in (ROOT / "serverless.yml").read_text("utf-8")
        assert f"security/{name}.json" in document


@both
def test_its_commands_exist(page: str) -> None:
    """Every make target is one, and `im-access` takes what the page says."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"make ([a-z-]+)", "\n".join(one.text for one in markdown.blocks(page)))) <= targets
    for line in re.findall(r"\.venv/bin/im-access [a-z -]+", markdown.read(page)):
        parser().parse_args(shlex.split(line)[1:])


def test_the_smoke_test_works(built: Built, tmp_path: Path) -> None:
    """Run as written, against the package on the local cloud, it prints the four answers that the page promises."""
    with LocalStack(0, package=built.zip) as stack:
        env = session.environment(stack, tmp_path, stand_ins_first=True)
        urls = {"create_url": f"{stack.url}/create_user", "revoke_url": f"{stack.url}/revoke_policy"}
        [(_, printed)] = session.run(PAGES[0], ("smoke",), stack, {**env, **urls})
    answers = [json.loads(line) for line in printed.splitlines() if line]
    assert [answer["status"] for answer in answers] == [405, 401, "created", "revoked"]
    assert answers[0]["code"] == "method_not_allowed"


def test_a_policy_is_filled_in() -> None:
    """The command makes a document without any blank left."""
    command = ["/bin/sh", "-c", block(PAGES[0], "policy")]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert json.loads(printed)["version"] == "2.0"
    assert "$" not in printed
