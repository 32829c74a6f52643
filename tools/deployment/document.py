"""The rules for the file itself: what the deployment library would take, or drop, without a word."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from tools.deployment import keys, sizes
from tools.deployment.toolkit import SAMPLES, VARIABLE

COMPONENT = "multi-scf"
DESCRIPTION = re.compile(r"[A-Za-z0-9 ,.\n\u4e00-\u9fff]*")
"""What SCF takes: letters, digits, spaces, commas, periods, newlines and Chinese."""
LONGEST = 1000
TOPIC = re.compile(r"(ckafka-[a-z0-9]+|\$\{env:\w+\})-([A-Za-z0-9._-]+|\$\{env:\w+\})")
"""A ckafka trigger's name: the instance, then the topic. A variable may be either."""
DROPPED = {
    "src": "would ship that folder alone, without the code that all functions share",
    "environment": "is dropped by the component: use the list environments of inputs",
    "environments": "replaces the list of inputs, which would not reach the function: put it there",
}
"""Keys of a single function that do not do what they say."""


def problems(text: str) -> list[str]:
    """Every line that is wrong with a file's text, once."""
    try:
        document = yaml.safe_load(text)
    except yaml.YAMLError as error:
        mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
        return [f"it is not YAML{f': line {mark.line + 1}' if mark else ''}: {str(error).splitlines()[0]}"]
    return list(dict.fromkeys(every(document)))


def every(document: object) -> Iterator[str]:
    """The rules from the top down; each is given only what has the shape that it reads."""
    yield from keys.TOP.problems("top level", document)
    top = mapping(document)
    if top.get("component") not in (None, COMPONENT):
        yield f"component is {top['component']}, not {COMPONENT}"
    inputs = mapping(top.get("inputs"))
    if isinstance(inputs.get("src"), dict):
        yield from keys.SOURCE.problems("src", inputs["src"])
    if inputs.get("environment"):
        yield f"inputs: environment {DROPPED['environment']}"
    yield from described("inputs", inputs)
    yield from variables(rows(inputs, "environments"))
    functions = mapping(inputs.get("functions"))
    for name, own in functions.items():
        yield from function(str(name), own)
    yield from limits(inputs, functions)
    for one in rows(inputs, "triggers"):
        yield from trigger(one, inputs, functions)


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is a mapping, else an empty one: what is none has been named already."""
    return value if isinstance(value, dict) else {}


def rows(inputs: Mapping[str, Any], key: str) -> list[Any]:
    """The value if it is a list, else an empty one."""
    value = inputs.get(key)
    return value if isinstance(value, list) else []


def variables(found: list[Any]) -> Iterator[str]:
    """The list of variables: key and value, both text, each once."""
    for row in found:
        yield from keys.VARIABLE.problems(f"environments, {mapping(row).get('key')}", row)
    for name, count in Counter(str(mapping(row).get("key")) for row in found).items():
        if count > 1:
            yield f"environments: {name} is given {count} times"


def function(name: str, own: object) -> Iterator[str]:
    """One function: its keys, its own handler, its own role, its description."""
    given = mapping(own)
    rest = {key: value for key, value in given.items() if key not in DROPPED} if given else own
    yield from (f"{name}: {key} of its own {why}" for key, why in DROPPED.items() if key in given)
    yield from keys.FUNCTION.problems(name, rest)
    handler, role = given.get("handler"), given.get("role")
    if handler is not None and handler != f"{name}.main_handler":
        yield f"{name}: its handler is {handler}, not its own {name}.main_handler"
    if role is not None and role != (wanted := f"im-access-{name.replace('_', '-')}"):
        yield f"{name}: its role is {role}, not its own {wanted}"
    yield from described(name, given)


def described(where: str, given: Mapping[str, Any]) -> Iterator[str]:
    """A description that SCF takes."""
    text = str(given.get("description") or "")
    if not DESCRIPTION.fullmatch(text):
        yield f"{where}: its description has other characters than letters, digits, spaces, commas and periods"
    if len(text) > LONGEST:
        yield f"{where}: its description has {len(text)} characters, SCF takes {LONGEST}"


def limits(inputs: Mapping[str, Any], functions: Mapping[str, Any]) -> Iterator[str]:
    """Memory and time limits are given, in common or for each function, and are no shorter than the work."""
    for key in ("memorySize", "timeout", "initTimeout"):
        without = [str(name) for name, own in functions.items() if effective(inputs, own, key) is None]
        if without and not any(key.lower() == str(name).lower() for name in inputs):
            yield f"inputs: no {key} is given; the default would hold for {', '.join(without)}"
    for name, own in functions.items():
        yield from sizes.time_limit(str(name), effective(inputs, own, "timeout"))


def effective(inputs: Mapping[str, Any], own: object, key: str) -> object:
    """What holds for a function: its own value, else the common one."""
    return mapping(own).get(key, inputs.get(key))


def trigger(one: object, inputs: Mapping[str, Any], functions: Mapping[str, Any]) -> Iterator[str]:
    """One trigger: its keys, and what its type wants."""
    given = mapping(one)
    kind, name = given.get("type"), given.get("function")
    where = f"{name}, {kind}"
    yield from keys.TRIGGER.problems(where, one)
    level = keys.PARAMETERS.get(str(kind))
    if level is None:
        yield f"{where}: no {kind} trigger is expected"
        return
    parameters = mapping(given.get("parameters"))
    yield from level.problems(where, parameters)
    limit = effective(inputs, functions.get(str(name)), "timeout")
    if kind == "ckafka":
        yield from (f"{where}: {line}" for line in consumer(parameters, str(name), limit))
    if kind == "http":
        yield from (f"{where}: {line}" for line in door(parameters, str(name), inputs))


def consumer(parameters: Mapping[str, Any], function: str, limit: object) -> Iterator[str]:
    """A ckafka trigger: its name, by which it finds its topic, and sizes that fit the function's time limit."""
    name = VARIABLE.sub(lambda match: SAMPLES.get(match[1], match[0]), str(parameters.get("name") or ""))
    if name and not TOPIC.fullmatch(name):
        yield f"its name is {parameters['name']}, not <instance>-<topic>"
    seconds = keys.whole(limit)
    if seconds is not None and seconds >= sizes.LEAST.get(function, 1):  # else the time limit is what is wrong
        yield from sizes.consumer(parameters, seconds)


def door(parameters: Mapping[str, Any], function: str, inputs: Mapping[str, Any]) -> Iterator[str]:
    """A Function URL: somebody authenticates its callers, and people reach the page without a signature."""
    settings = {mapping(row).get("key"): mapping(row).get("value") for row in rows(inputs, "environments")}
    auth = parameters.get("authType")
    if function == "claim_credentials":
        if auth == "CAM" and settings.get("IM_ACCESS_DELIVERY") == "claim":
            yield "authType is CAM: people who claim their credentials cannot sign their requests"
    elif auth == "NONE" and settings.get("IM_ACCESS_HTTP_AUTH") == "platform":
        yield "authType is NONE and IM_ACCESS_HTTP_AUTH is platform: nobody would authenticate the callers"
