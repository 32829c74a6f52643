"""deploy/terraform says the same as serverless.yml, in Terraform's language, and keeps the bucket's promises."""

import json
import re
from typing import Any

import hcl2
import pytest
import yaml

from tests.repository.docs import markdown
from tests.system.alarms.log import fields_of
from tools.package.build import ROOT

MODULE = ROOT / "deploy" / "terraform"
FILES = sorted(MODULE.glob("*.tf"))
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in FILES)
FUNCTIONS = (MODULE / "functions.tf").read_text(encoding="utf-8")
INPUTS: dict[str, Any] = yaml.safe_load((ROOT / "serverless.yml").read_text(encoding="utf-8"))["inputs"]


def plain(value: Any) -> Any:  # noqa: ANN401 - whatever a block holds
    """A value without the quotes that the parser keeps."""
    if isinstance(value, dict):
        return {plain(name): plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value[1:-1] if isinstance(value, str) and value.startswith('"') else value


def resources() -> dict[str, dict[str, Any]]:
    """Every resource by its address."""
    found: dict[str, dict[str, Any]] = {}
    for path in FILES:
        for block in plain(hcl2.loads(path.read_text(encoding="utf-8"))).get("resource", []):
            for kind, named in block.items():
                found |= {f"{kind}.{name}": body for name, body in named.items() if isinstance(body, dict)}
    return found


RESOURCES = resources()


def test_every_file_is_read() -> None:
    """The syntax is Terraform's, and what a deployment needs is there."""
    kinds = {address.partition(".")[0] for address in RESOURCES}
    assert {"tencentcloud_scf_function", "tencentcloud_scf_trigger", "tencentcloud_cos_bucket"} <= kinds
    assert {"tencentcloud_cam_role", "tencentcloud_cam_policy", "tencentcloud_cam_role_policy_attachment"} <= kinds


def test_broken_syntax_would_be_noticed() -> None:
    """The parser of these tests refuses broken Terraform."""
    with pytest.raises(Exception, match=r"(?s)."):
        hcl2.loads('resource "a" "b" {\n  name = \n}\n')


def test_the_bucket_keeps_its_promises() -> None:
    """Private, encrypted, old credentials deleted, and nowhere a word that switches versioning on."""
    bucket = RESOURCES["tencentcloud_cos_bucket.state"]
    [rule] = bucket["lifecycle_rules"]
    assert (bucket["acl"], bucket["encryption_algorithm"]) == ("private", "AES256")
    assert rule["filter_prefix"] == "credentials/"
    assert [one["days"] for one in rule["expiration"]] == [1]
    assert not re.search(r"versioning_enable\s*=|object_lock", TEXT)


def test_the_provider_is_one_whose_triggers_are_these() -> None:
    """From the first release with tencentcloud_scf_trigger to the next major one, which may have other arguments."""
    assert re.findall(r"^      version = (\".*\")$", TEXT, re.M) == ['">= 1.83.16, < 2"']


def test_a_url_has_no_trigger_name_and_the_others_have_one() -> None:
    """The provider refuses one for type http, and wants one for any other."""
    triggers = {kind: RESOURCES[f"tencentcloud_scf_trigger.{kind}"] for kind in ("http", "timer", "ckafka")}
    assert all(body["type"] == kind for kind, body in triggers.items())
    assert {kind for kind, body in triggers.items() if "trigger_name" in body} == {"timer", "ckafka"}


def test_a_description_has_no_sign_that_scf_refuses() -> None:
    """Descriptions have only English letters, digits, spaces, commas and periods."""
    shown = re.findall(r'^    [a-z_]+\s+= "([A-Z].*)"$', FUNCTIONS, re.M)
    assert len(shown) == len(INPUTS["functions"])
    assert all(re.fullmatch(r"[A-Za-z0-9 ,.]+", one) for one in shown)


def test_a_queue_is_one_partition_or_none_at_all() -> None:
    """One is the fastest; without an instance there is neither a topic nor a trigger of one."""
    topic, trigger = RESOURCES["tencentcloud_ckafka_topic.commands"], RESOURCES["tencentcloud_scf_trigger.ckafka"]
    assert topic["partition_num"] == 1
    assert topic["count"] == "${local.queue ? 1 : 0}"
    assert trigger["for_each"] == '${local.queue ? setunion(local.commands, ["hr_events"]) : toset([])}'
    assert 'queue    = var.ckafka_instance != null && var.ckafka_instance != ""' in TEXT
    assert re.search(r'variable "ckafka_instance" \{[^}]*default\s+= null', TEXT)
    uses = re.findall(r"tencentcloud_ckafka_topic\.commands(\S*?)\.topic_name", TEXT)
    assert sorted(uses) == ["[*]", "[0]"]


def test_the_log_is_searched_by_every_field_of_its_lines() -> None:
    """The topic's key-value index has what docs/operations.md shows and tells of, and full text beside it."""
    [rule] = RESOURCES["tencentcloud_cls_index.functions"]["rule"]
    assert {"full_text", "key_value"} <= set(rule)
    lists = re.findall(r"log_\w+\s+= \[(.*?)\]", TEXT, re.S)
    names = set(re.findall(r'"(\w+)"', "".join(lists)))
    (line,) = markdown.blocks("docs/operations.md", "log-line")
    assert set(json.loads(line.text)) | {"code", "detail", "outcome"} <= names


def test_every_alarm_is_made_where_somebody_is_told() -> None:
    """Each of docs/alarms.json, on the functions' own topic, over as many minutes as it is looked at."""
    alarm = RESOURCES["tencentcloud_cls_alarm.alarm"]
    [target], [times] = alarm["alarm_targets"], alarm["monitor_time"]
    assert alarm["for_each"] == "${local.alarms}"
    assert 'jsondecode(file("${path.module}/../../docs/alarms.json"))' in TEXT
    assert target["topic_id"] == "${tencentcloud_cls_topic.functions.id}"
    assert (target["query"], alarm["condition"]) == ("${each.value.query}", "${each.value.condition}")
    assert (times["type"], times["time"]) == ("Period", "${each.value.minutes}")
    assert RESOURCES["tencentcloud_cls_alarm_notice.operators"]["count"] == "${local.notified ? 1 : 0}"
    assert all(re.search(rf'variable "{name}" {{', TEXT) for name in ("alarm_uins", "alarm_webhook"))


def test_the_dashboard_has_the_charts_of_the_page() -> None:
    """Each of docs/dashboard.json over the functions' topic; no field is queried that the topic's index has not."""
    board = RESOURCES["tencentcloud_cls_dashboard.functions"]
    assert 'jsondecode(file("${path.module}/../../docs/dashboard.json"))' in TEXT
    assert "[for place, chart in local.charts :" in board["data"]
    assert "TopicId   = tencentcloud_cls_topic.functions.id" in TEXT
    indexed = set(re.findall(r'"(\w+)"', "".join(re.findall(r"log_\w+\s+= \[(.*?)\]", TEXT, re.S))))
    for chart in json.loads((ROOT / "docs" / "dashboard.json").read_text("utf-8")):
        names = fields_of(chart["query"]) - SQL - {"t", "n", chart["by"]}
        assert names <= indexed, chart
        assert {"t", "n", chart["by"]} - {None} <= set(re.findall(r"\w+", chart["query"]))


WORDS = "histogram TIMESTAMP __TIMESTAMP__ interval minute hour day group by t order sum approx_percentile"
SQL = frozenset(WORDS.split())
"""Words of a chart's query that are no fields."""


def test_the_functions_are_those_of_serverless_yml() -> None:
    """Runtime, memory, time limit, log, and for each function a handler and a role of its own."""
    function = RESOURCES["tencentcloud_scf_function.function"]
    assert function["runtime"] == INPUTS["runtime"]
    times = f'${{each.key == "sweep" ? {INPUTS["functions"]["sweep"]["timeout"]} : {INPUTS["timeout"]}}}'
    size = f'${{each.key == "hr_events" ? {INPUTS["functions"]["hr_events"]["memorySize"]} : {INPUTS["memorySize"]}}}'
    assert (function["mem_size"], function["timeout"]) == (size, times)
    assert {"role", "cls_logset_id", "cls_topic_id"} <= set(function)
    assert function["role"] == "${tencentcloud_cam_role.function[each.key].name}"
    names = set(re.findall(r'^    ([a-z_]+)\s+= "[A-Z]', FUNCTIONS, re.M))
    assert names == set(INPUTS["functions"])
    assert function["handler"] == "${each.key}.main_handler"
    for name, row in INPUTS["functions"].items():
        assert row["role"] == f"im-access-{name.replace('_', '-')}"


def test_the_settings_are_those_of_serverless_yml() -> None:
    """The same variables reach the functions either way."""
    assert set(re.findall(r"^    (IM_ACCESS_\w+)\s+=", TEXT, re.M)) == {row["key"] for row in INPUTS["environments"]}


def described(name: str) -> dict[str, Any]:
    """A trigger's description as JSON."""
    text = RESOURCES[f"tencentcloud_scf_trigger.{name}"]["trigger_desc"]
    inside = re.fullmatch(r"\$\{jsonencode\((.*)\)\}", text, re.S)
    assert inside
    value: dict[str, Any] = json.loads(re.sub(r"(\w+)\s*=", r'"\1":', inside[1]))
    return value


def test_the_triggers_are_those_of_serverless_yml() -> None:
    """Open, with the same qualifier, batch, wait, retries and start; the URL can be reached from outside."""
    wanted = {row["type"]: row["parameters"] for row in INPUTS["triggers"]}
    timer = RESOURCES["tencentcloud_scf_trigger.timer"]
    assert timer["trigger_desc"] == wanted["timer"]["cronExpression"] == "0 */5 * * * * *", "every five minutes"
    assert 'function["sweep"]' in timer["function_name"]
    for kind in ("http", "ckafka", "timer", "cos"):
        trigger = RESOURCES[f"tencentcloud_scf_trigger.{kind}"]
        assert (trigger["enable"], trigger["qualifier"]) == ("OPEN", wanted[kind]["qualifier"])
    about = described("ckafka")
    given = wanted["ckafka"]
    assert [about[key] for key in ("maxMsgNum", "offset", "retry", "timeOut")] == [
        given[key] for key in ("maxMsgNum", "offset", "retry", "timeout")
    ]
    assert described("cos") == {"event": wanted["cos"]["events"], "filter": {"Prefix": "inbox/", "Suffix": ""}}
    assert described("http")["NetConfig"] == {"EnableIntranet": False, "EnableExtranet": True}
    assert described("http")["AuthType"] == wanted["http"]["authType"]


def test_each_role_has_its_own_document() -> None:
    """A role gets the least-privilege document of its function, filled with the names of this account."""
    assert "docs/security/${each.key}.json" in TEXT
    for name in INPUTS["functions"]:
        document = (ROOT / "docs" / "security" / f"{name}.json").read_text(encoding="utf-8")
        assert set(re.findall(r"\$\{(\w+)\}", document)) <= {"region", "appid", "bucket"}
    assert '"scf.qcloud.com"' in TEXT
