"""The rules of `make check-deployment`, on requests as the deployment library sends them."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from shared.operations import OPERATIONS
from tools.deployment import broken, check, triggers
from tools.deployment.__main__ import FILE, main
from tools.deployment.toolkit import SAMPLES, Deployment, Request
from tools.package.build import Built

NAMES = tuple(OPERATIONS)
ENVIRONMENT = {"IM_ACCESS_BUCKET": "im-access-1250000000", "IM_ACCESS_WEBHOOK_SECRETS": "whsec_" + "AB" * 20}
HTTP = {"AuthType": "NONE", "NetConfig": {"EnableIntranet": False, "EnableExtranet": True}}
CKAFKA = {"maxMsgNum": 10, "offset": "earliest", "retry": 4320, "timeOut": 5, "consumerGroupName": ""}
LIMITS = {"MemorySize": 128, "Timeout": 30, "InitTimeout": 20, "Role": "x", "ClsLogsetId": "y", "ClsTopicId": "z"}
Row = dict[str, Any]


def function(name: str) -> Row:
    """A CreateFunction that holds."""
    return {
        "FunctionName": f"im-access-{name}",
        "Type": "Event",
        "Runtime": "Python3.10",
        "Handler": f"{name}.main_handler",
        "Code": {"CosBucketName": "code", "CosObjectName": "package.zip"},
        **LIMITS,
        "Environment": {"Variables": [{"Key": key, "Value": value} for key, value in ENVIRONMENT.items()]},
    }


COS = {"event": "cos:ObjectCreated:*", "filter": {"Prefix": "inbox/", "Suffix": ""}}


def trigger(name: str, kind: str, about: Row) -> Row:
    """A CreateTrigger that holds."""
    fixed = {"Qualifier": "$DEFAULT", "Enable": "OPEN", "TriggerName": f"my-{kind}", "TriggerDesc": json.dumps(about)}
    return {"FunctionName": f"im-access-{name}", "Type": kind, **fixed}


@pytest.fixture
def good() -> Deployment:
    """A deployment without fault: every function with its triggers, then an update of some."""
    others = ("claim_credentials", "scim", "hr_events")
    first = [Request("CreateFunction", function(name)) for name in (*NAMES, *others, "sweep")]
    first += [Request("CreateTrigger", trigger(name, "http", HTTP)) for name in (*NAMES, *others)]
    first += [Request("CreateTrigger", trigger("sweep", "timer", {"cron": "0 7 * * * * *"}))]
    first += [Request("CreateTrigger", trigger("hr_events", "cos", COS))]
    first += [Request("CreateTrigger", trigger(name, "ckafka", CKAFKA)) for name in ("hr_events", *NAMES)]
    again = [Request("UpdateTrigger", trigger(name, "http", HTTP)) for name in NAMES]
    return Deployment({"src": {"src": "."}, "triggers": []}, first, again)


def problems(deployment: Deployment, built: Built) -> list[str]:
    """What the check says; the package's folder is what is uploaded."""
    return check.problems(deployment, built.zip, built.folder)


def test_a_deployment_without_fault_passes(good: Deployment, built: Built) -> None:
    """The requests of a right deployment break no rule."""
    assert problems(good, built) == []


CASES: list[tuple[str, Callable[[Row], object], str]] = [
    ("CreateFunction", lambda row: row.update(Handler="create_usr.main_handler"), "no create_usr.py at its root"),
    ("CreateFunction", lambda row: row.update(Handler="structlog.main_handler"), "no structlog.py at its root"),
    ("CreateFunction", lambda row: row.update(Handler="typing_extensions.main_handler"), "has no main_handler"),
    ("CreateFunction", lambda row: row.update(Handler="functions/create_user.main_handler"), "not a handler"),
    ("CreateFunction", lambda row: row.update(Runtime="Python3.11"), "no Python runtime Python3.11"),
    ("CreateFunction", lambda row: row.update(Runtime="Python3.9"), "built for Python3.10"),
    ("CreateFunction", lambda row: row.update(Type="HTTP"), "not Event"),
    ("CreateFunction", lambda row: row.update(FunctionName="x"), "not a function name: x"),
    ("CreateFunction", lambda row: row.update(MemorySize=200), "MemorySize may not be 200"),
    ("CreateFunction", lambda row: row.update(Timeout=901), "Timeout may not be 901"),
    ("CreateFunction", lambda row: row.update(Code={}), "lacks Code"),
    ("CreateFunction", lambda row: row.update(Colour="red"), "no parameter Colour"),
    ("CreateFunction", lambda row: row.pop("Role"), "lacks Role"),
    ("CreateFunction", lambda row: row.pop("ClsTopicId"), "lacks ClsTopicId"),
    ("CreateFunction", lambda row: row.update(Environment={"Variables": []}), "no environment reaches"),
    ("CreateFunction", lambda row: row.update(Role="${env:ROLE, x}"), "not resolved"),
    ("CreateTrigger", lambda row: row.update(Enable="CLOSE"), "create_user, http: the trigger is not enabled"),
    ("CreateTrigger", lambda row: row.update(Qualifier="1"), "the qualifier is 1"),
    ("CreateTrigger", lambda row: row.update(TriggerDesc="{}"), "AuthType is None"),
    ("CreateTrigger", lambda row: row.update(TriggerDesc=json.dumps({"AuthType": "CAM"})), "enableExtranet"),
    ("CreateTrigger", lambda row: row.update(Type="apigw"), "no apigw trigger is expected"),
    ("CreateTrigger", lambda row: row.update(Type="timer", TriggerDesc="0 0 *"), "seven fields"),
    ("CreateTrigger", lambda row: row.update(Type="timer", TriggerDesc="0 60 * * * * *"), "minute is 60"),
]


@pytest.mark.parametrize(("action", "change", "said"), CASES)
def test_a_fault_is_named(
    action: str, change: Callable[[Row], object], said: str, good: Deployment, built: Built
) -> None:
    """Each fault in a request has a line that says what it is."""
    change(next(one.params for one in good.first if one.action == action))
    assert [line for line in problems(good, built) if said in line]


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("SCF_COLOUR", "red", "reserved"),
        ("TENCENTCLOUD_REGION", "ap-guangzhou", "reserved"),
        ("QCLOUD_COLOUR", "red", "reserved"),
        ("9LIVES", "x", "may not be the name"),
        ("IM_ACCESS_BUKCET", "x", "no setting IM_ACCESS_BUKCET"),
        ("IM_ACCESS_LINK_TTL", "soon", "refuse their settings: misconfigured: IM_ACCESS_LINK_TTL"),
        ("OTHER", "x" * 4096, "SCF takes 4096"),
    ],
)
def test_a_variable_that_may_not_be_is_named(key: str, value: str, said: str, good: Deployment, built: Built) -> None:
    """Reserved prefixes, illegal and unknown names, values that the settings refuse, and more than 4 KB."""
    good.first[0].params["Environment"]["Variables"].append({"Key": key, "Value": value})
    assert [line for line in problems(good, built) if said in line]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("maxMsgNum", 0, "maxMsgNum may not be 0"),
        ("timeOut", 61, "timeOut may not be 61"),
        ("retry", 10_000, "a week"),
        ("offset", "yesterday", "offset is yesterday"),
    ],
)
def test_a_consumer_stays_within_its_ranges(field: str, value: object, said: str) -> None:
    """Batch, wait, start and retries of a CKafka trigger outside their ranges are errors."""
    assert any(said in line for line in triggers.ckafka({**CKAFKA, field: value}))
    assert not list(triggers.ckafka({**CKAFKA, "offset": "1700000000000"}))


def test_a_missing_or_second_trigger_is_named(good: Deployment, built: Built) -> None:
    """Each command has one http trigger, and one ckafka trigger where the organisation has a queue."""
    rest = [one for one in good.first if one.params.get("Type") != "http" or "revoke" not in str(one.params)]
    assert "revoke_policy has no http trigger" in problems(Deployment(good.inputs, rest, good.again), built)
    rest = [one for one in good.first if one.params.get("Type") != "ckafka"]
    assert problems(Deployment(good.inputs, rest, good.again), built) == []
    doubled = Deployment(good.inputs, [*good.first, copy.deepcopy(good.first[-1])], good.again)
    assert f"{NAMES[-1]} has 2 ckafka triggers" in problems(doubled, built)


def test_a_second_deployment_creates_nothing(good: Deployment, built: Built) -> None:
    """A trigger or function that would be made again is named, as is one that would be removed."""
    for action in ("CreateTrigger", "DeleteTrigger"):
        again = Deployment(good.inputs, good.first, [Request(action, good.first[-1].params)])
        assert [line for line in problems(again, built) if f"deployed again, it sends {action} (ckafka)" in line]


def test_a_trigger_of_no_use_is_named(good: Deployment, built: Built) -> None:
    """The sweep reads no topic, and the page is no timer's business."""
    first = [*good.first, Request("CreateTrigger", trigger("sweep", "http", HTTP))]
    assert "sweep has no use for a trigger of type http" in problems(Deployment(good.inputs, first, good.again), built)


def test_what_is_uploaded_is_the_package(good: Deployment, built: Built) -> None:
    """A zip's path uploads nothing; another folder is another program; an exclude takes away."""
    for src, said in (
        ({"src": built.zip.name}, "src is no folder"),
        ({"src": "shared"}, "does not hold what im-access.zip holds"),
        ({"src": ".", "exclude": ["shared/**"]}, "it has an exclude"),
    ):
        assert [line for line in problems(Deployment({**good.inputs, "src": src}, good.first), built) if said in line]


def test_a_forgotten_function_is_named(good: Deployment, built: Built) -> None:
    """A function of the package that is in no deployment is an error that names it."""
    rest = [one for one in good.first if one.params["FunctionName"] != "im-access-revoke_policy"]
    assert "revoke_policy is in the package and is not deployed" in problems(Deployment(good.inputs, rest), built)


def test_what_the_library_refuses_is_the_only_line(good: Deployment, built: Built) -> None:
    """After an error of the library nothing else can be said."""
    refused = Deployment(good.inputs, [], [], "no such function")
    assert problems(refused, built) == ["the library refuses it: no such function"]


def test_every_mistake_can_still_be_made() -> None:
    """Each broken copy differs from today's serverless.yml, so the check in CI skips none and tests what it says."""
    text = FILE.read_text(encoding="utf-8")
    assert [mistake.name for mistake in broken.MISTAKES if mistake.apply(text) in (None, text)] == []
    assert len({mistake.name for mistake in broken.MISTAKES}) == len(broken.MISTAKES)
    assert broken.Broken("gone", "no such text", "", "").apply(text) is None


def test_every_variable_has_a_sample() -> None:
    """The check fills in plausible values, of about the size that real ones have."""
    from tools.deployment.toolkit import VARIABLE

    assert set(VARIABLE.findall(FILE.read_text(encoding="utf-8"))) <= set(SAMPLES)


def test_a_machine_that_is_not_fit_is_told_so(
    built: Built, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without node, or without a package, the check ends with 2 and one line."""
    monkeypatch.setenv("PATH", "")
    assert main(["--package", str(built.zip)]) == 2
    assert capsys.readouterr().err == "check-deployment: node is not installed\n"
    assert main(["--package", str(built.zip.with_name("none.zip"))]) == 2
    assert "make package" in capsys.readouterr().err
    assert main(["--package", str(built.zip), "--file", "none.yml"]) == 2
    assert capsys.readouterr().err == "check-deployment: no file none.yml\n"
