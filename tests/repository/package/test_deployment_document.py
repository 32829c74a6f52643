"""The rules of `make check-deployment` for serverless.yml itself; neither node nor a package is needed for them."""

import re

import pytest
import yaml

from shared.bootstrap import invocation
from tools.deployment import cron, document, sizes
from tools.deployment.__main__ import FILE
from tools.deployment.trigger_schema import Consumer

TEXT = FILE.read_text(encoding="utf-8")
SWEEP = "      handler: sweep.main_handler\n"
CKAFKA_ROWS = r"(?s)    - type: ckafka\n.*?(?=    # Every five minutes)"


def edited(pattern: str, instead: str) -> list[str]:
    """What the check says of the file after an edit, which must have been one."""
    text, count = re.subn(pattern, instead, TEXT, count=1, flags=re.MULTILINE)
    assert count == 1
    return document.problems(text)


def test_the_file_is_right() -> None:
    """serverless.yml as it is breaks no rule."""
    assert document.problems(TEXT) == []


@pytest.mark.parametrize(
    ("pattern", "instead"),
    [
        (CKAFKA_ROWS, ""),
        (r"authType: NONE", "authType: CAM"),
        (r"authType: NONE", "authType: 'CAM'"),
        (r"value: 'no'", 'value: "yes"'),
        (r"^  timeout: \d+", "  timeout: 900"),
        (r"^  memorySize: 128", "  memorySize: 256"),
        (r"retry: \d+", "retry: 1440"),
        (r"offset: earliest", "offset: '1700000000000'"),
        (r"maxMsgNum: \d+", "maxMsgNum: 1"),
        (r"name: \$.*-\$.*$", "name: ckafka-a1b2c3d4-im-access"),
        (r"name: \$.*-\$.*$", "name: ${env:MY_INSTANCE}-${env:MY_TOPIC}"),
        (r"cronExpression: .*", "cronExpression: '0 0,30 8-18 * * MON-FRI *'"),
        (SWEEP, f"{SWEEP}      layers: [{{name: a, version: 1}}]\n      tags: [{{key: a, value: b}}]\n"),
        (r"description: Warn.*", "description: 清理未领取的凭证"),
        (
            r"^  # vpcConfig:\n  #   vpcId: (.*)\n  #   subnetId: (.*)\n",
            r"  vpcConfig: {vpcId: '\1', subnetId: '\2'}\n",
        ),
        (
            r"^        # - key: IM_ACCESS_SWEEP\n        #   value: enforce\n",
            "        - {key: IM_ACCESS_SWEEP, value: enforce}\n",
        ),
        (r"parameters: \*ckafka", "parameters: {<<: *ckafka, maxMsgNum: 5}"),
    ],
)
def test_an_edit_that_is_meant_passes(pattern: str, instead: str) -> None:
    """What an organisation may want: no queue, other authentication, other sizes, names and times."""
    assert edited(pattern, instead) == []


CASES = [
    (r"^app: ", "app: [", "it is not YAML: line"),
    (r"\A(?s:.*)\Z", "[]", "top level is not a mapping"),
    (r"\A(?s:.*)\Z", "inputs: 1", "inputs is not a mapping"),
    (r"^inputs:", "input:", "top level: unknown key input (did you mean inputs?)"),
    (r"(?s)  functions:\n.*\Z", "  functions: []\n", "inputs: functions is not a mapping"),
    (r"(?s)  triggers:\n.*\Z", "  triggers: {}\n", "inputs: triggers is not a list"),
    (r"^stage: prod\n", "", "top level: no stage is given"),
    (r"^stage: prod\n", "stage: prod\nresources: {}\n", "top level: unknown key resources"),
    (r"^component: .*", "component: scf", "component is scf, not multi-scf"),
    (r"^  region:", "  regoin:", "inputs: unknown key regoin (did you mean region?)"),
    (r"^  memorySize:", "  memorysize:", "inputs: unknown key memorysize (did you mean memorySize?)"),
    (r"^  memorySize: .*\n", "", "inputs: no memorySize is given; the default would hold for create_user, grant_"),
    (r"^  timeout: .*\n", "", "inputs: no timeout is given; the default would hold for create_user, grant_"),
    (r"^  initTimeout: .*\n", "", "inputs: no initTimeout is given"),
    (r"^  timeout: (\d+)", r"  timeout: '\1'", "inputs: timeout is not a whole number"),
    (r"^  timeout: \d+", "  timeout: true", "inputs: timeout is not a whole number"),
    (r"^  timeout: \d+", "  timeout: 14", "create_user: a time limit of 14 s is too short for its work: at least 15 s"),
    (r"^      timeout: 300", "      timeout: 30", "sweep: a time limit of 30 s is too short for its work: at least 60"),
    (r"logsetId:", "logSetId:", "inputs, cls: unknown key logSetId (did you mean logsetId?)"),
    (r"^    src: \./dist", "    source: ./dist", "src: unknown key source"),
    (r"value: 'no'", "value: no", "environments, IM_ACCESS_ANSWER_LINK: value is not text: put it into quotes"),
    (r"value: 'no'", "value:", "environments, IM_ACCESS_ANSWER_LINK: no value is given"),
    (r"value: 'no'", "vaule: 'no'", "environments, IM_ACCESS_ANSWER_LINK: unknown key vaule (did you mean value?)"),
    (r"- key: IM_ACCESS_REGION", "- key: IM_ACCESS_BUCKET", "environments: IM_ACCESS_BUCKET is given 2 times"),
    (r"^  environments:\n", "  environment: {variables: {A: b}}\n  environments:\n", "inputs: environment is dropped"),
    (SWEEP, f"{SWEEP}      src: ./functions\n", "sweep: src of its own would ship that folder alone"),
    (SWEEP, f"{SWEEP}      environment: {{variables: {{A: b}}}}\n", "sweep: environment of its own is dropped"),
    (
        r"^(      handler: grant_policy.*\n)",
        r"\1      environments: []\n",
        "grant_policy: its own environments replace those of inputs and lack IM_ACCESS_BUCKET",
    ),
    (
        r"^        - key: IM_ACCESS_NOTIFY_URL\n",
        "        - {key: IM_ACCESS_WEBHOOK_SECRETS, value: x}\n        - key: IM_ACCESS_NOTIFY_URL\n",
        "claim_credentials: IM_ACCESS_WEBHOOK_SECRETS is a secret that it does not use",
    ),
    (SWEEP, f"{SWEEP}      memorysize: 128\n", "sweep: unknown key memorysize (did you mean memorySize?)"),
    (r"^    sweep:\n(      .*\n)+", "    sweep:\n", "sweep is not a mapping"),
    (r"handler: create_user\.", "handler: grant_policy.", "create_user: its handler is grant_policy.main_handler, not"),
    (r"role: im-access-sweep", "role: im-access-create-user", "sweep: its role is im-access-create-user, not its own"),
    (r"role: im-access-create-user", "role: im-access-create_user", "not its own im-access-create-user"),
    (r"description: Create a user", "description: Create a sub-user", "create_user: its description has other"),
    (r"description: Create", f"description: {'a' * 1000}", "SCF takes 1000"),
    (r"^  namespace:", "  description: a-b\n  namespace:", "inputs: its description has other"),
    (SWEEP, f"{SWEEP}      layers: [{{name: a, verison: 1}}]\n", "sweep, layers 1: unknown key verison (did you mean"),
    (SWEEP, f"{SWEEP}      tags: {{a: b}}\n", "sweep: tags is not a list"),
    (r"^  functions:\n", "  functions:\n    7: {handler: x}\n", "inputs, functions: 7 is not text: put it into quotes"),
    (r"^  functions:\n", "  functions:\n    tags: {handlr: x}\n", "tags: unknown key handlr (did you mean handler?)"),
    (r"^  environments:\n", "  environments:\n    - A=b\n", "environments 1 is not a mapping"),
    (r"^  triggers:\n", "  triggers:\n    - http\n", "triggers 1 is not a mapping"),
    (r"parameters: \*http", "parameters: []", "grant_policy, http: parameters is not a mapping"),
    (r"^  region:.*", "  region:", "inputs: no region is given"),
    (r"^  cls:\n.*\n.*\n", "  cls: topic\n", "inputs: cls is not a mapping"),
    (r"- type: timer", "- type: tmier", "sweep, tmier: no tmier trigger is expected"),
    (r"^      function: sweep\n", "", "None, timer: no function is given"),
    (r"&http\n", "&http\n        colour: red\n", "create_user, http: unknown key colour"),
    (r"enableExtranet:", "enableExtraNet:", "create_user, http, netConfig: unknown key enableExtraNet"),
    (r"(&http\n)\s+qualifier: .*\n", r"\1", "create_user, http: no qualifier is given"),
    (r"\s+authType: NONE", "", "create_user, http: no authType is given"),
    (r"parameters: \*http", "parameters:", "grant_policy, http: no qualifier is given"),
    (r"(&ckafka\n.*\n)\s+name: .*\n", r"\1", "create_user, ckafka: no name is given"),
    (
        r"name: \$.*-(\$.*)$",
        r"name: \1",
        "create_user, ckafka: its name is ${env:CKAFKA_TOPIC}, not <instance>-<topic>",
    ),
    (r"name: (\$.*)-(\$.*)$", r"name: \1", "its name is ${env:CKAFKA_INSTANCE}, not <instance>-<topic>"),
    (r"name: (\$.*)-(\$.*)$", r"name: \2-\1", "not <instance>-<topic>"),
    (r"^\s+retry: \d+\n", "", "create_user, ckafka: no retry is given"),
    (r"retry: \d+", "retry: 59", "create_user, ckafka: retry 59: after 59 minutes the batch is skipped"),
    (r"retry: \d+", "retry: 0", "create_user, ckafka: retry 0: after 0 minutes"),
    (r"retry: \d+", "retries: 5", "create_user, ckafka: unknown key retries (did you mean retry?)"),
    (r"maxMsgNum: \d+", "maxMsgNum: 61", "61 messages of 4 policies each take 25.4 s and 5 s are kept in reserve, but"),
    (r"(retry: \d+\n\s+timeout:) \d+", r"\1 6", "timeout 6: a single message would wait 6 s for others: at most 5 s"),
    (r"(retry: \d+\n.*\n\s+enable:) true", r'\1 "false"', "create_user, ckafka: enable is not true or false"),
    (r"^\s+qualifier: .*\n(\s+name: sweep\n)", r"\1", "sweep, timer: no qualifier is given"),
    (
        r"^  environments:\n",
        "  environments:\n    - {key: IM_ACCESS_HTTP_AUTH, value: platform}\n",
        "create_user, http: authType is NONE and IM_ACCESS_HTTP_AUTH is platform: nobody would authenticate",
    ),
]


@pytest.mark.parametrize(("pattern", "instead", "said"), CASES)
def test_a_mistake_is_named(pattern: str, instead: str, said: str) -> None:
    """Each mistake in the file has a line that says where and what it is."""
    assert [line for line in edited(pattern, instead) if said in line]


def test_a_mistyped_key_is_one_line() -> None:
    """What a mistyped key leaves out is not counted as a second mistake."""
    assert len(edited(r"^  region:", "  regoin:")) == 1
    assert len(edited(r"^  memorySize:", "  memorysize:")) == 1


def test_the_page_is_for_people() -> None:
    """With links that lead to the page, CAM may not stand before it."""
    row = r"\1environments:\n\1  - {key: IM_ACCESS_DELIVERY, value: claim}\n"
    claim = re.sub(r"^( +)environments:\n", row, TEXT, flags=re.MULTILINE)
    assert document.problems(claim) == []
    said = "claim_credentials, http: authType is CAM: people who claim their credentials cannot sign their requests"
    assert document.problems(claim.replace("authType: NONE", "authType: CAM")) == [said]


def test_the_comment_has_the_sum_that_is_checked() -> None:
    """Each line of arithmetic in the file is right, for the batch, the wait and the time limit that stand there."""
    inputs = yaml.safe_load(TEXT)["inputs"]
    [ckafka, *_] = [one["parameters"] for one in inputs["triggers"] if one["type"] == "ckafka"]
    messages, limit = ckafka["maxMsgNum"], inputs["timeout"]
    sums = re.findall(r"#\s+(\d+) messages of (\d+) polic\w+ each take 0\.2 \+ \1 x \2 / 9\.7 = ([\d.]+) seconds", TEXT)
    assert [(int(count), int(policies)) for count, policies, _ in sums] == [(messages, 1), (messages, sizes.POLICIES)]
    assert [took for *_, took in sums] == [f"{sizes.batch(messages, int(policies)):.1f}" for _, policies, _ in sums]
    took, reserve, both, most = re.findall(r"([\d.]+) \+ (\d+) = ([\d.]+) of (\d+)", TEXT)[0]
    assert (took, int(reserve), int(most)) == (sums[-1][2], sizes.RESERVE, limit)
    assert float(both) == pytest.approx(float(took) + int(reserve))
    assert messages <= sizes.largest_batch(limit)
    assert f"up to {messages} messages" in TEXT
    assert f"those that came within {ckafka['timeout']} seconds" in TEXT


def test_the_sum_is_that_of_the_functions() -> None:
    """The pace and the reserve of the code; docs/performance.md has what is reached."""
    assert pytest.approx(9.7) == sizes.RATE
    assert invocation._LAST_START == sizes.RESERVE
    assert sizes.batch(50, 1) == pytest.approx(5.35, abs=0.01)
    assert [sizes.largest_batch(limit) for limit in (1, 15, 30, 60)] == [0, 23, 60, 132]
    assert (
        sizes.batch(sizes.largest_batch(30)) + sizes.RESERVE
        <= 30
        < sizes.batch(sizes.largest_batch(30) + 1) + sizes.RESERVE
    )


def test_a_batch_fits_the_time_limit_of_its_function() -> None:
    """The longer the time limit, the larger a batch may be."""
    inputs = yaml.safe_load(TEXT)["inputs"]
    [row, *_] = [one["parameters"] for one in inputs["triggers"] if one["type"] == "ckafka"]
    consumer = Consumer.model_validate({**row, "maxMsgNum": 24})
    [line] = sizes.consumer(consumer, 15)
    assert line.endswith("but the time limit is 15 s: at most 23 messages")
    assert list(sizes.consumer(consumer, 16)) == []


def test_a_batch_outlasts_the_lease_of_a_crash() -> None:
    """A retry a minute, for longer than a crashed attempt holds its request, whatever the time limit."""
    assert all(sizes.least_retry(limit) * 60 > limit + 5 for limit in range(1, 901))


@pytest.mark.parametrize(
    "text", ["0 7 * * * * *", "*/5 0-30/10 8,20 1-15 JAN MON-SUN 2026-2030", "0 0 0 31 12 0 *", "0 0 2 * * 6 2099"]
)
def test_a_cron_expression_passes(text: str) -> None:
    """A cron expression of values, lists, ranges, steps and names passes."""
    assert list(cron.problems(text)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0 7 * * * *", "seven fields"),
        ("60 7 * * * * *", "second is 60: 0 to 59"),
        ("0 60 * * * * *", "minute is 60: 0 to 59"),
        ("0 0 24 * * * *", "hour is 24: 0 to 23"),
        ("0 0 0 0 * * *", "day is 0: 1 to 31"),
        ("0 0 0 1 13 * *", "month is 13: 1 to 12"),
        ("0 0 0 * * 7 *", "weekday is 7: 0 to 6"),
        ("0 0 0 * * * 1969", "year is 1969: 1970 to 2099"),
        ("0 30-10 * * * * *", "minute is 30-10"),
        ("0 */0 * * * * *", "minute is */0"),
        ("0 5, * * * * *", "minute is 5,"),
        ("0 ? * * * * *", "minute is ?"),
        ("0 0 0 * JANUARY * *", "month is JANUARY"),
    ],
)
def test_a_cron_expression_out_of_range_is_named(text: str, said: str) -> None:
    """A value outside the range of its cron field is an error that names the field."""
    assert [line for line in cron.problems(text) if said in line]
