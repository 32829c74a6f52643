"""docs/deployment.md in both languages: its commands exist, its variables are right, and who follows it arrives."""

import contextlib
import json
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local import roles
from local.cam.records import Policy
from local.function_settings import webhook_secret
from local.receiver import Receiver
from local.stack import LocalStack
from shared.operations import OPERATIONS
from tests.command_line import taken
from tests.repository.docs import markdown, session
from tools.deployment.toolkit import VARIABLE
from tools.package.build import ROOT, Built

PAGES = ("docs/deployment.md", "docs/deployment.zh-CN.md")
both = pytest.mark.parametrize("page", PAGES)
NOTIFY_SECRET = webhook_secret()
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
    for name in OPERATIONS:
        row = markdown.rows(page).get(name)
        assert row, f"add a row of {name} with its role to {page}"
        role, document = row[1:3]
        assert f"role: {role}\n" in (ROOT / "serverless.yml").read_text("utf-8")
        assert f"security/{name}.json" in document


@both
def test_its_commands_exist(page: str) -> None:
    """Every make target is one, and `im-access` takes what the page says."""
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.M))
    assert set(re.findall(r"make ([a-z-]+)", "\n".join(one.text for one in markdown.blocks(page)))) <= targets
    for line in re.findall(r"\.venv/bin/im-access [a-z -]+", markdown.read(page)):
        taken(shlex.split(line)[1:])


@both
def test_the_settings_are_quoted(page: str) -> None:
    """The same line is read by a shell and by scf, whatever a value has in it."""
    assert all(re.fullmatch(r"[A-Z_]+='[^']+'", line) for line in block(page, "env").splitlines())


class Operator:
    """Somebody who follows the page in a folder of their own: nothing but `.env` tells their shell of a setting."""

    def __init__(self, folder: Path, stack: LocalStack, settings: dict[str, str]) -> None:
        self._folder, self._stack = folder, stack
        text = block(PAGES[0], "env")
        for name, value in settings.items():
            text, count = re.subn(rf"^{name}='.*'$", f"{name}='{value}'", text, flags=re.M)
            assert count == 1, name
        (folder / ".env").write_text(text)
        programs = folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        console = f'PYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m cli.main "$@"'
        for name, line in (("im-access", console), ("terraform", "env >>asked")):
            (programs / name).write_text(f"#!/bin/sh\n{line}\n")
            (programs / name).chmod(0o755)
        (folder / "deploy" / "terraform").mkdir(parents=True)

    def follow(self, *kinds: str) -> str:
        """What the page's blocks of these kinds print, run in this order in a new shell."""
        known = session.environment(self._stack, self._folder, stand_ins_first=True)
        # Where the local cloud is; on Tencent's nobody has to say it.
        given = ("HOME", "LANG", "NO_PROXY", "no_proxy", "IM_ACCESS_API_ENDPOINT", "IM_ACCESS_COS_ENDPOINT")
        path = f"{self._folder}/.venv/bin:{known['PATH']}"
        text = "\n".join(["set -eu", *(block(PAGES[0], kind) for kind in kinds)])
        text = re.sub(r"https://1250000000-x+\S+", f"{self._stack.url}/create_user", text)
        text = re.sub(r"https://1250000000-y+\S+", f"{self._stack.url}/revoke_policy", text)
        ran = subprocess.run(
            ["/bin/sh", "-c", text],
            cwd=self._folder,
            env={**{name: known[name] for name in given}, "PATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    def smoke(self) -> list[dict[str, Any]]:
        """The answers of the smoke test."""
        return [json.loads(line) for line in self.follow("load", "urls", "smoke").splitlines() if line]


def make_roles(stack: LocalStack) -> None:
    """Step 2: the roles and documents of the page's table."""
    carrier = {"effect": "allow", "action": "name/sts:AssumeRole", "principal": {"service": ["scf.qcloud.com"]}}
    trust = json.dumps({"version": "2.0", "statement": [carrier]})
    cam = stack.cloud.cam
    for function, (_, role, *_) in markdown.rows(PAGES[0]).items():
        if document := roles.document(function, stack.cloud.region, stack.cloud.bucket):
            number = cam.next_policy_id()
            cam.policies[number] = Policy(number, role, json.dumps(document))
            cam.add_role(role, trust, role)


@pytest.fixture
def deployed(built: Built, tmp_path: Path) -> Iterator[Callable[..., Operator]]:
    """A function that deploys the package on a local cloud, as the page has it but for what it is given."""
    with contextlib.ExitStack() as running:

        def deploy(env: dict[str, str], **differing: str) -> Operator:
            stack = running.enter_context(LocalStack(0, package=built.folder, env=env))
            make_roles(stack)
            settings = {
                "IM_ACCESS_BUCKET": stack.cloud.bucket,
                "IM_ACCESS_REGION": stack.cloud.region,
                "IM_ACCESS_WEBHOOK_SECRETS": stack.environment["IM_ACCESS_WEBHOOK_SECRETS"],
                "TENCENT_SECRET_ID": stack.cloud.root.secret_id,
                "TENCENT_SECRET_KEY": stack.cloud.root.secret_key,
                **{name: value for name, value in env.items() if "NOTIFY" in name},
            }
            return Operator(tmp_path, stack, settings | differing)

        yield deploy


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A receiver of notifications, as step 5 wants it."""
    started = Receiver(NOTIFY_SECRET)
    started.start()
    yield started
    started.stop()


def notifying(url: str) -> dict[str, str]:
    """The settings of a deployment that tells a receiver, and that alone, of links."""
    return {"IM_ACCESS_NOTIFY_URL": url, "IM_ACCESS_NOTIFY_SECRET": NOTIFY_SECRET, "IM_ACCESS_ANSWER_LINK": "no"}


@pytest.mark.parametrize("secrets", [1, 2])
def test_the_page_works_from_its_env_file(deployed: Callable[..., Operator], receiver: Receiver, secrets: int) -> None:
    """The doctor passes, and the smoke test prints the four answers that the page promises; in a rotation as well."""
    callers = " ".join(webhook_secret() for _ in range(secrets))
    operator = deployed({**notifying(receiver.url), "IM_ACCESS_WEBHOOK_SECRETS": callers})
    assert "failure" not in operator.follow("load", "doctor")
    answers = operator.smoke()
    assert [answer["status"] for answer in answers] == [405, 401, "created", "revoked"]
    assert answers[0]["code"] == "method_not_allowed"
    assert answers[2]["credentials"] is None
    [told] = receiver.of("smoke-test", "imaccess.user.created")
    assert told["data"]["credentials"]["url"].startswith("http")
    assert "the second write was refused" in operator.follow("load", "probe")


def test_without_a_receiver_the_link_is_in_the_answer(deployed: Callable[..., Operator]) -> None:
    """The page's variant without a receiver of notifications gives the link in the HTTP answer."""
    answers = deployed({"IM_ACCESS_ANSWER_LINK": "yes"}).smoke()
    assert answers[2]["credentials"]["url"].startswith("http")


def test_a_receiver_that_does_not_answer_is_in_the_table(deployed: Callable[..., Operator]) -> None:
    """The create succeeds without a link, as the table says; and the next one finds the user that this one has made."""
    operator = deployed(notifying("http://127.0.0.1:9/"))
    answers = operator.smoke()
    assert (answers[2]["status"], answers[2]["credentials"]) == ("created", None)
    assert operator.smoke()[2]["code"] == "user_exists"
    for page in PAGES:
        assert re.search(r"^\|.*`created`.*`outbox/`.*`user_exists`", markdown.read(page), re.M)


def test_another_secret_is_in_the_table(deployed: Callable[..., Operator], receiver: Receiver) -> None:
    """A shell whose secret is not the functions' gets 401 each time."""
    answers = deployed(notifying(receiver.url), IM_ACCESS_WEBHOOK_SECRETS=webhook_secret()).smoke()
    assert [answer["status"] for answer in answers] == [405, 401, 401, 401]
    assert answers[2]["code"] == "unauthorized"
    for page in PAGES:
        assert re.search(r"^\|.*`401`.*`unauthorized`", markdown.read(page), re.M)


def test_the_doctor_wants_the_file_loaded(deployed: Callable[..., Operator]) -> None:
    """Without the page's block it says what the table says."""
    operator = deployed({})
    with pytest.raises(AssertionError, match="IM_ACCESS_BUCKET is required"):
        operator.follow("doctor")


def test_terraform_gets_the_settings_of_the_file(deployed: Callable[..., Operator], tmp_path: Path) -> None:
    """Each variable that the page exports is one of the module, and the secrets become a list."""
    operator = deployed({"IM_ACCESS_WEBHOOK_SECRETS": "whsec_b2xk whsec_bmV3"})
    operator.follow("load", "terraform")
    lines = (tmp_path / "deploy" / "terraform" / "asked").read_text().splitlines()
    given = dict(line.removeprefix("TF_VAR_").split("=", 1) for line in lines if line.startswith("TF_VAR_"))
    declared = (ROOT / "deploy" / "terraform" / "variables.tf").read_text("utf-8")
    assert set(given) <= set(re.findall(r'variable "(\w+)"', declared))
    assert json.loads(given["webhook_secrets"]) == ["whsec_b2xk", "whsec_bmV3"]
    assert given["ckafka_instance"] == "ckafka-abcd1234"


def test_a_policy_is_filled_in() -> None:
    """The command makes a document without any placeholder left."""
    command = ["/bin/sh", "-c", block(PAGES[0], "policy")]
    printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert json.loads(printed)["version"] == "2.0"
    assert "$" not in printed
