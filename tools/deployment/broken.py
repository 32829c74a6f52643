"""Broken copies of serverless.yml, each with what the check has to say about it."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Broken:
    """One mistake: what it is called, the text that it replaces, and words of the line that it must cause."""

    name: str
    pattern: str
    instead: str
    said: str

    def apply(self, text: str) -> str:
        """The file with this mistake. Raises `LookupError` when the file has no such text any more."""
        changed, count = re.subn(self.pattern, self.instead, text, count=1, flags=re.MULTILINE)
        if not count:
            raise LookupError(f"{self.name}: serverless.yml has nothing that matches {self.pattern}")
        return changed


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
    Broken("boolean setting", r"value: 'no'", "value: false", "IM_ACCESS_ANSWER_LINK"),
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
    Broken("timeout", r"^  timeout: \d+", "  timeout: 1000", "Timeout may not be 1000"),
    Broken("zip as source", r"\./dist/package", "./dist/im-access.zip", "src is no folder"),
    Broken("checkout as source", r"\./dist/package", "./functions", "does not hold what"),
    Broken("unbounded retry", r"retry: \d+", "retry: 10000", "a week"),
    Broken("batch too large", r"maxMsgNum: \d+", "maxMsgNum: 20000", "maxMsgNum may not be 20000"),
    Broken("trigger of a stranger", r"function: revoke_policy", "function: revoke", "no function here"),
)
