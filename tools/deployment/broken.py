"""Broken copies of serverless.yml, each with the words that the check must report about it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """One mistake: its name, the text that it replaces, and words of the line that the check must print."""

    name: str
    pattern: str
    instead: str
    reported: str

    def apply(self, text: str) -> str | None:
        """The file with this mistake; None if the file does not contain the text, which may happen after it was
        edited.
        """
        changed, count = re.subn(self.pattern, self.instead, text, count=1, flags=re.MULTILINE)
        return changed if count else None


ENVIRONMENTS = r"^  environments:\n(?:    .*\n|\s*#.*\n)+"

MISTAKES = (
    Broken("wrong module", r"handler: create_user\.", "handler: create_usr.", "the package has no create_usr.py"),
    Broken("wrong function name", r"grant_policy\.main_handler", "grant_policy.main", "grant_policy.py has no main"),
    Broken("handler in a folder", r"handler: create_user\.", "handler: functions/create_user.", "not a handler"),
    Broken("message trigger not enabled", r"(retry: \d+\n\s+timeout: \d+\n)\s+enable: true\n", r"\1", "not enabled"),
    Broken("URL not enabled", r"(authType: NONE\n\s+)enable: true", r"\1enable: false", "not enabled"),
    Broken("URL not public", r"^\s+enableExtranet: true\n", "", "enableExtranet is not true"),
    Broken("http without qualifier", r"(&http\n)\s+qualifier: .*\n", r"\1", "no qualifier is given"),
    Broken("ckafka without name", r"(&ckafka\n\s+qualifier: .*\n)\s+name: .*\n", r"\1", "no name is given"),
    Broken("reserved variable", r"- key: IM_ACCESS_BUCKET", "- key: TENCENTCLOUD_BUCKET", "prefix is reserved"),
    Broken("illegal variable", r"- key: IM_ACCESS_BUCKET", "- key: IM-ACCESS-BUCKET", "may not be the name"),
    Broken("unknown setting", r"- key: IM_ACCESS_BUCKET", "- key: IM_ACCESS_BUCKETS", "no setting IM_ACCESS_BUCKETS"),
    Broken("setting without quotes", r"value: 'no'", "value: no", "IM_ACCESS_ANSWER_LINK: value is not text"),
    Broken("value of a setting", r"value: 'no'", "value: 'perhaps'", "IM_ACCESS_ANSWER_LINK is none of yes, no"),
    Broken("setting given twice", r"^(    - key: IM_ACCESS_BUCKET\n.*\n)", r"\1\1", "is given 2 times"),
    Broken("default in a variable", r"\$\{env:IM_ACCESS_BUCKET\}", "${env:IM_ACCESS_BUCKET, x}", "not resolved"),
    Broken("too much environment", r"\$\{env:IM_ACCESS_NOTIFY_URL\}", "https://" + "a" * 4096, "SCF takes 4096"),
    Broken(
        "environment.variables",
        ENVIRONMENTS,
        "  environment:\n    variables:\n      IM_ACCESS_BUCKET: im-access-1250000000\n",
        "no environment reaches the function",
    ),
    Broken("unknown runtime", r"runtime: Python3\.10", "runtime: Python3.12", "no Python runtime Python3.12"),
    Broken("older runtime", r"runtime: Python3\.10", "runtime: Python3.9", "built for Python3.10"),
    Broken("no role", r"^\s+role: im-access-grant-policy\n", "", "lacks Role"),
    Broken("no log", r"^  cls:\n.*\n.*\n", "", "lacks ClsTopicId"),
    Broken("memory", r"memorySize: 128", "memorySize: 200", "MemorySize may not be 200"),
    Broken("no memory", r"^  memorySize: .*\n", "", "no memorySize is given"),
    Broken("timeout", r"^  timeout: \d+", "  timeout: 1000", "Timeout may not be 1000"),
    Broken("timeout too short", r"^  timeout: \d+", "  timeout: 3", "a time limit of 3 s is too short"),
    Broken("no timeout", r"^  timeout: .*\n", "", "no timeout is given"),
    Broken("swapped handler", r"handler: create_user\.", "handler: grant_policy.", "not its own create_user."),
    Broken(
        "role of a stranger", r"role: im-access-sweep", "role: im-access-create-user", "not its own im-access-sweep"
    ),
    Broken("description", r"(description: \w+)", r"\1 - as promised", "other characters than letters"),
    Broken("source of a function", r"(^ +)(handler: sweep\..*\n)", r"\1src: ./functions\n\1\2", "src of its own"),
    Broken(
        "variables of a function",
        r"(^ +)(handler: sweep\..*\n)",
        r"\1environment: {variables: {A: b}}\n\1\2",
        "environment of its own is dropped",
    ),
    Broken("other component", r"^component: multi-scf", "component: scf", "component is scf, not multi-scf"),
    Broken("mistyped region", r"^  region:", "  regoin:", "unknown key regoin"),
    Broken("mistyped memory", r"^  memorySize:", "  memorysize:", "unknown key memorysize"),
    Broken("not YAML", r"^app: ", "app: [", "it is not YAML"),
    Broken("key given twice", r"^(  region: .*\n)", r"\1\1", "duplicated mapping key"),
    Broken("zip as source", r"\./dist/package", "./dist/im-access.zip", "src is no folder"),
    Broken("checkout as source", r"\./dist/package", "./functions", "does not hold what"),
    Broken("unbounded retry", r"retry: \d+", "retry: 10000", "a week"),
    Broken("retry too small", r"retry: \d+", "retry: 1", "after 1 minutes the batch is skipped"),
    Broken("batch too large", r"maxMsgNum: \d+", "maxMsgNum: 20000", "policies each take"),
    Broken("long wait", r"(retry: \d+\n\s+timeout:) \d+", r"\1 60", "a single message would wait 60 s"),
    Broken("topic without instance", r"name: .*-(\$\{env:CKAFKA_TOPIC\})", r"name: \1", "not <instance>-<topic>"),
    Broken("enable as text", r"(retry: \d+\n.*\n\s+enable:) true", r'\1 "false"', "enable is not true or false"),
    Broken("timer without qualifier", r"^\s+qualifier: .*\n(\s+name: sweep\n)", r"\1", "no qualifier is given"),
    Broken("minute of a timer", r"cronExpression: '0 \S+", "cronExpression: '0 60", "minute is 60"),
    Broken(
        "nobody authenticates",
        r"^(    - key: )(IM_ACCESS_ANSWER_LINK\n(?s:.*?)&http\n(?s:.*?)authType: NONE)",
        r"\1IM_ACCESS_HTTP_AUTH\n      value: platform\n\1\2",
        "nobody would authenticate the callers",
    ),
    Broken("trigger of a stranger", r"function: revoke_policy", "function: revoke", "no function here"),
)
