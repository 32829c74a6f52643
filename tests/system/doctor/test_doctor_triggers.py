"""The doctor and what is deployed: every function, every trigger, enabled."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.cloud import LocalCloud
from local.scf_api import Trigger
from shared.operations import OPERATIONS
from tests.system.doctor.test_doctor import PREFIX, deploy, examine, keys


@pytest.fixture
def cloud() -> Iterator[LocalCloud]:
    """A cloud in which everything is deployed."""
    with LocalCloud() as started:
        deploy(started)
        yield started


def bad(cloud: LocalCloud, **env: str) -> list[tuple[str, str]]:
    """What is not ok about the triggers."""
    code, found = examine(cloud, **env)
    lines = [line for line in found["triggers"] if line[0] != "ok"]
    assert code == ("failure" in {result for result, _ in lines})
    return lines


def test_each_trigger_has_its_line(cloud: LocalCloud) -> None:
    """Each trigger has a line: two of each command, that of the page, and the timer."""
    _, found = examine(cloud)
    assert len(found["triggers"]) == 2 * len(OPERATIONS) + 2
    assert ("ok", f"{PREFIX}sweep: timer trigger sweep is enabled") in found["triggers"]


@pytest.mark.parametrize("function", [*OPERATIONS, "sweep"])
def test_a_function_that_is_missing_fails(cloud: LocalCloud, function: str) -> None:
    """Once one function is deployed, each missing one is a failure."""
    del cloud.deployed[PREFIX + function]
    assert bad(cloud) == [("failure", f"{PREFIX}{function}: the function is missing")]


@pytest.mark.parametrize("function", [*OPERATIONS, "sweep"])
def test_a_function_without_triggers_fails(cloud: LocalCloud, function: str) -> None:
    """A function without any trigger, which nothing would start, is a failure."""
    cloud.deployed[PREFIX + function] = []
    kinds = ["timer"] if function == "sweep" else ["ckafka", "http"]
    assert bad(cloud) == [("failure", f"{PREFIX}{function}: no {kind} trigger") for kind in kinds]


@pytest.mark.parametrize("kind", ["http", "ckafka"])
def test_a_door_that_is_missing_or_closed_fails(cloud: LocalCloud, kind: str) -> None:
    """A trigger that is missing or disabled is a failure, also where the function has another one."""
    both = cloud.deployed[PREFIX + "grant_policy"]
    cloud.deployed[PREFIX + "grant_policy"] = [one for one in both if one.type != kind]
    assert bad(cloud) == [("failure", f"{PREFIX}grant_policy: no {kind} trigger")]
    cloud.deployed[PREFIX + "grant_policy"] = [Trigger(one.type, "x", enabled=one.type != kind) for one in both]
    assert bad(cloud) == [("failure", f"{PREFIX}grant_policy: {kind} trigger x is disabled")]


def test_without_any_queue_none_is_expected(cloud: LocalCloud) -> None:
    """An installation may do with HTTP alone; the report says that it does."""
    for function, triggers in cloud.deployed.items():
        cloud.deployed[function] = [one for one in triggers if one.type != "ckafka"]
    assert bad(cloud) == []
    _, found = examine(cloud)
    assert found["triggers"][0] == ("ok", f"{PREFIX}…: no ckafka trigger anywhere; commands come over HTTP alone")


def test_the_page_is_needed_where_links_lead_to_it(cloud: LocalCloud) -> None:
    """With IM_ACCESS_DELIVERY=claim it has to be there with its URL; else it may be left out."""
    claim = {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_CLAIM_URL": "https://page.example"}
    cloud.deployed[PREFIX + "claim_credentials"] = []
    assert bad(cloud, **claim) == [("failure", f"{PREFIX}claim_credentials: no http trigger")]
    del cloud.deployed[PREFIX + "claim_credentials"]
    assert bad(cloud, **claim) == [("failure", f"{PREFIX}claim_credentials: the function is missing")]
    assert bad(cloud) == []


def test_before_the_deployment_there_is_one_warning(cloud: LocalCloud) -> None:
    """No function at all is no failure yet; somebody else's functions do not count."""
    cloud.deployed.clear()
    cloud.deployed["im-access-reporting"] = []
    assert bad(cloud) == [("warning", "not deployed yet: no function im-access-…")]


def test_two_deployments_are_both_looked_at(cloud: LocalCloud) -> None:
    """A stage beside, under Terraform's names, is whole or not on its own; more than a page of functions are read."""
    cloud.deployed.update({f"im-access-a{number:03}": [] for number in range(150)})
    cloud.deployed["im-access-sweep"] = [Trigger("timer", "t")]
    missing = [("failure", f"im-access-{name}: the function is missing") for name in ("create_user", "grant_policy")]
    assert bad(cloud)[:2] == missing


def test_a_caller_who_may_not_list_functions_is_told_what_is_missing(cloud: LocalCloud) -> None:
    """A warning about the caller, not a failure of the account."""
    for lacking in ("scf:ListFunctions", "scf:ListTriggers"):
        statements = [
            {"effect": "allow", "action": "*", "resource": "*"},
            {"effect": "deny", "action": [lacking], "resource": "*"},
        ]
        caller = cloud.role_credentials("half", policy={"version": "2.0", "statement": statements})
        assert bad(cloud, **keys(caller)) == [("warning", f"not looked at: the caller lacks {lacking}")]
