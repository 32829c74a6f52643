"""Whatever has to exist for each command is held against the registry; a failure says what to add, and where."""

from __future__ import annotations

import importlib
import re
from typing import Any, get_args, get_type_hints

import pytest
import yaml

from benchmarks.setting import ROOT
from shared import operations
from shared.operations import FUNCTIONS, OPERATIONS, Operation

TRIGGERS = ("http", "apigw", "ckafka", "cmq", "tdmq", "eventbridge")
TERRAFORM = ROOT / "deploy" / "terraform" / "functions.tf"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_each_function_has_its_files(function: str) -> None:
    """Its module, and the document of its role."""
    for path in (f"functions/{function}.py", f"docs/security/{function}.json"):
        assert (ROOT / path).is_file(), f"add {path}: {function} is in shared/operations.py"


@pytest.mark.parametrize("function", OPERATIONS)
def test_each_command_has_its_samples(function: str) -> None:
    """One of each trigger."""
    for trigger in TRIGGERS:
        path = ROOT / "events" / trigger / f"{function}.json"
        assert path.is_file(), f"add {path.relative_to(ROOT)}: {function} is in shared/operations.py"


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
    names = vars(importlib.import_module("shared.use_cases.use_case")) | vars(operations)
    hints = get_type_hints(operation.compose, names)
    assert get_args(hints["return"]) == (operation.command, operation.result)


def test_rows_differ() -> None:
    """Two commands share no function, no type and no model."""
    rows = list(OPERATIONS.values())
    for what in (
        [row.command for row in rows],
        [row.command.TYPE for row in rows],
        [row.notification for row in rows],
        [row.compose for row in rows],
    ):
        assert len(set(what)) == len(rows)
    assert [row.function for row in rows] == list(OPERATIONS)
