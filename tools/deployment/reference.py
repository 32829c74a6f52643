"""SCF's API according to its reference: the parameters of the requests that a deployment makes, and their limits.

From the reference text inside `tencentcloud-sdk-python-scf` 3.1.100, API version 2018-04-16, and
https://cloud.tencent.com/document/product/583/11637.
"""

import re

RUNTIME = "Python3.10"
RUNTIMES = ("Python2.7", "Python3.6", "Python3.7", "Python3.9", RUNTIME)
MEMORY = (64, *range(128, 3072 + 1, 128))
TIMEOUT = range(1, 900 + 1)
INIT_TIMEOUT = range(1, 300 + 1)
ENVIRONMENT_LIMIT = 4 * 1024

RESERVED = ("SCF_", "QCLOUD_", "TENCENTCLOUD_")
VARIABLE = re.compile(r"[a-zA-Z][a-zA-Z0-9_]*", re.ASCII)
FUNCTION = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z0-9]", re.ASCII)
PART = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,58}[A-Za-z]", re.ASCII)
"""Each part of a handler `file.function`: it begins and ends with a letter."""


def names(text: str) -> set[str]:
    """A text's words, as a set."""
    return set(text.split())


UPDATED = names(
    """FunctionName Description MemorySize Timeout Environment Namespace VpcConfig Role InstallDependency ClsLogsetId
    ClsTopicId L5Enable Layers DeadLetterConfig PublicNetConfig CfsConfig InitTimeout DnsCache IntranetConfig"""
)
CREATED = UPDATED | names("Code Handler Runtime Type CodeSource Tags AsyncRunEnable TraceEnable")
BEYOND = {"L5Enable", "DeployMode", "DiskSize"}
"""The library sends these with every function; the reference does not have them there, and the service takes them."""

TRIGGER = {"FunctionName", "TriggerName", "Type", "TriggerDesc", "Namespace", "Qualifier", "Enable", "CustomArgument"}

KNOWN: dict[str, set[str]] = {
    "CreateFunction": CREATED | BEYOND,
    "UpdateFunctionCode": {"Handler", "FunctionName", "Code", "Namespace", "InstallDependency"},
    "UpdateFunctionConfiguration": UPDATED | BEYOND,
    "CreateTrigger": TRIGGER,
    "UpdateTrigger": TRIGGER,
    "DeleteTrigger": {"FunctionName", "TriggerName", "Type", "TriggerDesc", "Namespace", "Qualifier"},
    "GetFunction": {"FunctionName", "Namespace", "Qualifier", "ShowCode", "ShowTriggers"},
    "GetAlias": {"FunctionName", "Name", "Namespace", "Region"},
    "DescribeResourceTagsByResourceIds": names("ServiceType ResourcePrefix ResourceRegion ResourceIds Limit Offset"),
    "ListTriggers": {"FunctionName", "Namespace", "Offset", "Limit", "OrderBy", "Order", "Filters"},
}

LOG = {"ClsLogsetId", "ClsTopicId"}
REQUIRED: dict[str, set[str]] = {
    "CreateFunction": {"FunctionName", "Code", "Handler", "Runtime", "MemorySize", "Timeout", "InitTimeout", "Role"}
    | LOG,
    "UpdateFunctionCode": {"FunctionName", "Code", "Handler"},
    "UpdateFunctionConfiguration": {"FunctionName", "MemorySize", "Timeout", "InitTimeout", "Role", "Environment"}
    | LOG,
    "CreateTrigger": {"FunctionName", "TriggerName", "Type", "TriggerDesc", "Qualifier", "Enable"},
    "UpdateTrigger": {"FunctionName", "TriggerName", "Type", "TriggerDesc", "Qualifier", "Enable"},
}
"""What the reference requires, and what it leaves to a default that would be wrong here."""

CKAFKA = {"maxMsgNum": range(1, 10_000 + 1), "retry": range(1, 10_000 + 1), "timeOut": range(1, 60 + 1)}
"""Ranges of a CKafka trigger's description."""
