"""Everything that each command needs is compared with the registry; a failure says what to add, and where."""

from __future__ import annotations

import importlib
import re
from typing import Any, get_args, get_type_hints

import pytest
import yaml

from benchmarks.common import ROOT
from shared import operations
from shared.commands.result import Delivered
from shared.hr_settings import HrSettings
from shared.operations import FUNCTIONS, OPERATIONS, SECRETS, Operation, given
from tools.secrets import text

TRIGGERS = ("http", "apigw", "ckafka", "cmq", "tdmq", "eventbridge")
TERRAFORM = ROOT / "deploy" / "terraform" / "functions.tf"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_has_its_files(function: str) -> None:
    """Each function of the registry has its module and the document of its role."""
    for path in (f"functions/{function}.py", f"docs/security/{function}.json"):
        assert (ROOT / path).is_file(), f"add {path}: {function} is in shared/operations.py"


@pytest.mark.parametrize("function", OPERATIONS)
def test_each_command_has_its_samples(function: str) -> None:
    """Each command of the registry has a sample event of each trigger."""
    for trigger in TRIGGERS:
        path = ROOT / "events" / trigger / f"{function}.json"
        assert path.is_file(), f"add {path.relative_to(ROOT)}: {function} is in shared/operations.py"
    batch = (ROOT / "events" / "eventbridge" / "event_list.json").read_text("utf-8")
    assert f'"{OPERATIONS[function].command.TYPE}"' in batch, (
        f"add an event of {function} to events/eventbridge/event_list.json"
    )


def test_each_function_is_deployed() -> None:
    """By serverless.yml and by Terraform, and by neither one that is none."""
    serverless = yaml.safe_load((ROOT / "serverless.yml").read_text())["inputs"]["functions"]
    assert set(serverless) == set(FUNCTIONS), "make inputs.functions of serverless.yml those of shared/operations.py"
    text = TERRAFORM.read_text()
    described = set(re.findall(r"^ {4}(\w+) += \"", text.partition("functions = {")[2].partition("}")[0], re.M))
    assert described == set(FUNCTIONS), "make local.functions of functions.tf those of shared/operations.py"
    commands = re.findall(r"\w+", text.partition("commands = toset([")[2].partition("]")[0])
    assert set(commands) == set(OPERATIONS), "make local.commands of functions.tf those of shared/operations.py"


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_a_row_fits_together(operation: Operation[Any, Any]) -> None:
    """Its function hands in this row, and its use case is one of this command with this result: no row falls through to
    another's.
    """
    module = importlib.import_module(operation.function)
    assert operation in vars(module).values(), f"functions/{operation.function}.py hands in another row"
    models = {model.__name__: model for row in OPERATIONS.values() for model in (row.command, row.result)}
    names = vars(importlib.import_module("shared.use_cases.use_case")) | vars(operations) | models
    hints = get_type_hints(operation.compose, names)
    assert get_args(hints["return"]) == (operation.command, operation.result)


def test_rows_differ() -> None:
    """Two commands share no function, no type, no model and no verb, which is what the operator's command calls it."""
    rows = list(OPERATIONS.values())
    for what in (
        [row.command for row in rows],
        [row.command.TYPE for row in rows],
        [row.notification for row in rows],
        [row.compose for row in rows],
        [row.function.partition("_")[0] for row in rows],
    ):
        assert len(set(what)) == len(rows)
    assert [row.function for row in rows] == list(OPERATIONS)


SECRET = re.compile(r"SECRET|TOKEN|_KEYS?$|PASSWORD|MAIL_URL|HEARTBEAT_URL")


def test_each_secret_goes_to_those_that_use_it() -> None:
    """The registry says which functions are given a setting that holds a secret; deploy/secrets.json says it too."""
    secret = {row.name for row in HrSettings.table().values() if SECRET.search(row.name)}
    assert secret <= set(SECRETS), "say in SECRETS of shared/operations.py which functions use it"
    assert all(set(functions) <= set(FUNCTIONS) for functions in SECRETS.values())
    assert (ROOT / "deploy" / "secrets.json").read_text() == text(), "run `python -m tools.secrets`"


def test_what_delivers_credentials_can_mail_them() -> None:
    """A command with a link to tell is given the address of the mail server."""
    deliver = {row.function for row in OPERATIONS.values() if issubclass(row.result, Delivered)}
    assert deliver <= set(SECRETS["IM_ACCESS_MAIL_URL"]), "name it in SECRETS of shared/operations.py"


def test_no_function_is_deployed_with_a_secret_that_it_does_not_use() -> None:
    """serverless.yml gives it a list of its own, Terraform leaves them out; the tests' world does the same, so that
    every function is seen to work without.
    """
    inputs = yaml.safe_load((ROOT / "serverless.yml").read_text())["inputs"]
    for name, function in inputs["functions"].items():
        rows = function.get("environments", inputs["environments"])
        keys = [row["key"] for row in rows]
        assert [key for key in keys if not given(name, key)] == []
        assert [
            row["key"] for row in inputs["environments"] if given(name, row["key"]) and row["key"] not in keys
        ] == []
    assert "if contains(lookup(local.secrets, name, [each.key]), each.key)" in TERRAFORM.read_text()


def test_a_public_url_is_never_left_to_the_platform() -> None:
    """Terraform's triggers have no authentication of their own, so `platform` is refused before anything is made."""
    text = (TERRAFORM.parent / "variables.tf").read_text()
    assert 'AuthType   = "NONE"' in TERRAFORM.read_text()
    assert re.search(r'validation \{\s+condition += .*"IM_ACCESS_HTTP_AUTH", "signature"\)\)\) == "signature"', text)


def test_the_sweep_has_no_secret_of_callers() -> None:
    """It sends, and looks people up; whoever calls, and what verifies that, is not its business."""
    own = {name.removeprefix("IM_ACCESS_") for name in SECRETS if given("sweep", name)}
    assert own == {
        *("NOTIFY_SECRET", "MAIL_URL", "HEARTBEAT_URL", "FEISHU_APP_SECRET", "WECOM_SECRET", "BAMBOOHR_API_KEY"),
        *("DINGTALK_APP_KEY", "DINGTALK_APP_SECRET"),
    }
