"""serverless.yml says what it must, and nothing that the deployer would drop without a word."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from shared.hr_settings import HrSettings
from shared.operations import OPERATIONS
from shared.settings import Settings
from tests.repository.docs.markdown import REPOSITORY

TEXT = (REPOSITORY / "serverless.yml").read_text(encoding="utf-8")
DOCUMENT: dict[str, Any] = yaml.safe_load(TEXT)
INPUTS: dict[str, Any] = DOCUMENT["inputs"]
GIVEN = {row["key"]: row["value"] for row in INPUTS["environments"]}


def triggers(kind: str) -> list[dict[str, Any]]:
    """The triggers of one kind."""
    return [trigger for trigger in INPUTS["triggers"] if trigger["type"] == kind]


def test_it_deploys_every_function() -> None:
    """Each function of functions/ with its handler, by the component for several functions."""
    handlers = {name: function["handler"] for name, function in INPUTS["functions"].items()}
    assert DOCUMENT["component"] == "multi-scf"
    names = (*OPERATIONS, "claim_credentials", "sweep", "scim", "hr_events")
    assert handlers == {name: f"{name}.main_handler" for name in names}
    assert {path.stem for path in (REPOSITORY / "functions").glob("*.py")} == set(handlers)


def test_the_platform_is_named_exactly() -> None:
    """The runtime as SCF spells it; a folder is uploaded; time limits that the defaults would make too short."""
    assert (INPUTS["runtime"], INPUTS["memorySize"], INPUTS["src"]) == ("Python3.10", 128, {"src": "./dist/package"})
    assert 30 <= INPUTS["timeout"] <= 900
    assert 0 < INPUTS["initTimeout"] <= 65
    assert all(function.get("role") for function in INPUTS["functions"].values())


def test_who_is_waited_for_is_fast_enough() -> None:
    """DingTalk forgets what is not answered in 1.5 seconds: its function alone has more than the smallest memory, and
    the pages name the size that is deployed.
    """
    sizes = {name: row["memorySize"] for name, row in INPUTS["functions"].items() if "memorySize" in row}
    assert sizes == {"hr_events": 512}
    for page in ("docs/hr.md", "docs/hr.zh-CN.md"):
        assert "512 MB" in (REPOSITORY / page).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("kind", "functions"),
    [
        ("http", [*OPERATIONS, "claim_credentials", "scim", "hr_events"]),
        ("ckafka", [*OPERATIONS, "hr_events"]),
        ("timer", ["sweep"]),
        ("cos", ["hr_events"]),
    ],
)
def test_every_function_has_its_triggers(kind: str, functions: list[str]) -> None:
    """Commands come over both doors, people over HTTP, the sweep by a timer; open, and found again when deployed."""
    assert sorted(trigger["function"] for trigger in triggers(kind)) == sorted(functions)
    for trigger in triggers(kind):
        assert (trigger["parameters"]["qualifier"], trigger["parameters"]["enable"]) == ("$DEFAULT", True)


def test_the_inbox_wakes_its_function() -> None:
    """What is stored below its prefix, in the bucket that the settings name, and nothing else."""
    [trigger] = triggers("cos")
    assert trigger["parameters"]["filter"]["prefix"] == "inbox/"
    assert trigger["parameters"]["bucket"].startswith("${env:IM_ACCESS_BUCKET}.cos.")


def test_function_urls_can_be_reached() -> None:
    """The URL is public; its callers are authenticated by the function."""
    for trigger in triggers("http"):
        assert trigger["parameters"]["netConfig"]["enableExtranet"] is True
        assert trigger["parameters"]["authType"] == "NONE"
    assert GIVEN.get("IM_ACCESS_HTTP_AUTH", "signature") == "signature"


def test_a_batch_is_redelivered_for_a_bounded_time() -> None:
    """Each queue trigger has a name, small batches, a short wait, and the retries that its comment computes."""
    computed = re.search(r"(\d+) days x (\d+) hours x (\d+) minutes = (\d+)", TEXT)
    assert computed
    days, hours, minutes, product = map(int, computed.groups())
    assert (days * hours * minutes, hours, minutes) == (product, 24, 60)
    for trigger in triggers("ckafka"):
        parameters = trigger["parameters"]
        assert parameters["name"] == "${env:CKAFKA_INSTANCE}-${env:CKAFKA_TOPIC}"
        assert 1 <= parameters["maxMsgNum"] <= 50
        assert 0 < parameters["timeout"] < INPUTS["timeout"]
        assert parameters["retry"] == product <= 10_000


def test_settings_reach_the_functions() -> None:
    """Each is a known setting in the one form that the component hands on, as text."""
    assert "environment" not in INPUTS
    assert set(GIVEN) <= {setting.name for setting in HrSettings.table().values()}
    assert all(isinstance(value, str) for value in GIVEN.values())


def test_the_given_settings_are_complete() -> None:
    """With values for its variables, what it gives passes the settings' own check."""
    values = {
        "IM_ACCESS_BUCKET": "im-access-1250000000",
        "IM_ACCESS_REGION": "ap-guangzhou",
        "IM_ACCESS_WEBHOOK_SECRETS": "whsec_" + "AB" * 20,
        "IM_ACCESS_NOTIFY_URL": "https://example.com/im-access",
        "IM_ACCESS_NOTIFY_SECRET": "whsec_" + "CD" * 20,
    }
    filled = {key: re.sub(r"\$\{env:(\w+)\}", lambda match: values[match[1]], text) for key, text in GIVEN.items()}
    assert Settings(filled).check().answer_link is False


def test_no_variable_has_a_default() -> None:
    """The deployer does not resolve one; and each variable that is used is listed at the top."""
    used = set(re.findall(r"^[^#]*\$\{env:([^}]*)\}", TEXT, re.M)) | set(re.findall(r"\$\{env:([^}]*)\}", str(INPUTS)))
    head = TEXT.partition("app:")[0]
    assert all(re.fullmatch(r"[A-Z_]+", name) and name in head for name in used)
