"""The keys of serverless.yml by level, each with its kind. What the component does not know it drops without a word."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

KINDS = {
    str: "text: put it into quotes",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a mapping",
}


@dataclass(frozen=True)
class Level:
    """A mapping of the file: its keys with their kinds, and those that have to be given."""

    known: "Mapping[str, type | Level | tuple[Level]]"
    required: tuple[str, ...] = ()

    def problems(self, where: str, found: object) -> Iterator[str]:
        """Unknown keys, missing keys, and values of another kind."""
        if not isinstance(found, dict):
            yield f"{where} is not a mapping"
            return
        meant = {key: get_close_matches(str(key), self.known, 1) for key in found if key not in self.known}
        for key, close in meant.items():
            yield f"{where}: unknown key {key}" + (f" (did you mean {close[0]}?)" if close else "")
        for key in self.required:
            if found.get(key) is None and [key] not in meant.values():
                yield f"{where}: no {key} is given"
        for key, value in found.items():
            kind = self.known.get(key)
            if value is None or kind is None:
                continue
            if isinstance(kind, tuple):
                yield from kind[0].rows(f"{where}, {key}", value)
            elif isinstance(kind, Level):
                yield from kind.problems(key if where == "top level" else f"{where}, {key}", value)
            elif not is_a(value, kind):
                yield f"{where}: {key} is not {KINDS[kind]}"

    def rows(self, where: str, found: object) -> Iterator[str]:
        """The same for each row of a list."""
        if not isinstance(found, list):
            yield f"{where} is not a list"
            return
        for number, row in enumerate(found, 1):
            yield from self.problems(f"{where} {number}", row)


def is_a(value: object, kind: type) -> bool:
    """Whether a value of the file is of this kind; true and false are no numbers."""
    return isinstance(value, kind) and (kind is not int or not isinstance(value, bool))


def whole(value: object) -> int | None:
    """The value if it is a whole number; None for what has been named already."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


VPC = Level({"vpcId": str, "subnetId": str}, ("vpcId", "subnetId"))
CLS = Level({"logsetId": str, "topicId": str})
LAYER = Level({"name": str, "version": int}, ("name", "version"))
TAG = Level({"key": str, "value": str}, ("key", "value"))
EVERYWHERE: dict[str, type | Level | tuple[Level]] = {
    "description": str, "memorySize": int, "timeout": int, "initTimeout": int, "cls": CLS, "vpcConfig": VPC,
    "publicAccess": bool, "eip": bool, "layers": (LAYER,), "tags": (TAG,),
}  # fmt: skip
"""What holds for all functions, or for one."""

INPUTS = Level(
    {
        "src": object, "region": str, "namespace": str, "type": str, "runtime": str, "environments": list,
        "functions": dict, "triggers": list, **EVERYWHERE,
    },
    ("src", "region", "runtime", "environments", "functions", "triggers"),
)  # fmt: skip
TOP = Level(
    {"org": str, "app": str, "stage": str, "component": str, "name": str, "inputs": INPUTS},
    ("app", "stage", "component", "name", "inputs"),
)
SOURCE = Level({"src": str, "exclude": list}, ("src",))
VARIABLE = Level({"key": str, "value": str}, ("key", "value"))
FUNCTION = Level({"handler": str, "role": str, "name": str, **EVERYWHERE}, ("handler",))
TRIGGER = Level({"type": str, "function": str, "parameters": dict}, ("type", "function", "parameters"))
CORS = Level(
    {
        "enable": bool, "origins": object, "methods": object, "headers": object, "exposeHeaders": object,
        "credentials": bool, "maxAge": int,
    }
)  # fmt: skip
PARAMETERS = {
    "http": Level(
        {
            "qualifier": str,
            "name": str,
            "authType": str,
            "enable": bool,
            "netConfig": Level({"enableIntranet": bool, "enableExtranet": bool}),
            "corsConfig": CORS,
        },
        ("qualifier", "authType"),
    ),
    "ckafka": Level(
        {
            "qualifier": str, "name": str, "maxMsgNum": int, "offset": str, "retry": int, "timeout": int,
            "enable": bool, "consumerGroupName": str,
        },
        ("qualifier", "name", "maxMsgNum", "offset", "retry", "timeout"),
    ),
    "timer": Level(
        {"qualifier": str, "name": str, "cronExpression": str, "enable": bool, "argument": str},
        ("qualifier", "name", "cronExpression"),
    ),
}  # fmt: skip
"""Of each type of trigger. The library finds a trigger again by what is required here, as the file has it: its own
defaults do not reach its search, and what is left out would be made again at each deployment."""
