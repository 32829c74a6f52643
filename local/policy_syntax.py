"""The parts of a CAM policy statement: patterns of actions and resources, and conditions."""

import re
from collections.abc import Iterable, Mapping
from typing import cast

OPERATORS = ("string_equal", "string_not_equal", "string_like", "string_not_like")
CONDITION_KEYS = re.compile(r"cos:(prefix|delimiter|content-type|x-cos-[a-z0-9-]+)")


class PolicyError(ValueError):
    """The document is malformed, or asks for something that the emulator cannot enforce."""


def service_of(action: str) -> str:
    """The service of an action such as ``im:Describe*``; ``*`` if the pattern leaves the service open."""
    service, colon, _ = action.lower().partition(":")
    return service if colon and "*" not in service else "*"


def texts(value: object, name: str) -> list[str]:
    """A text or a non-empty list of texts, as a list; raises PolicyError."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list) or not listed or not all(isinstance(one, str) for one in listed):
        raise PolicyError(f"a statement's {name} is neither a text nor a list of texts")
    return cast("list[str]", listed)


def wildcard(pattern: str) -> str:
    """The regular expression of a pattern in which ``*`` stands for anything."""
    return "(?:" + ".*".join(map(re.escape, pattern.split("*"))) + ")"


def resource_pattern(resource: str) -> str:
    """The regular expression of ``*`` or of ``qcs:<project>:<service>:<region>:<account>:<resource>``.

    An empty region or account means any; raises PolicyError for fewer than six segments.
    """
    if resource == "*":
        return "(?s:.*)"
    segments = resource.split(":", 5)
    if len(segments) != 6 or segments[0] != "qcs":
        raise PolicyError(f"the resource {resource!r} does not have six segments")
    project, service, region, account, rest = segments[1:]
    anything = "[^:]*"
    fixed = [wildcard(one) if one else anything for one in (project, service, region, account)]
    return "qcs:" + ":".join(fixed) + ":(?s:" + wildcard(rest) + ")"


def flat_conditions(source: object) -> Iterable[tuple[str, str, tuple[str, ...]]]:
    """Each condition as operator, key, values; raises PolicyError."""
    if not isinstance(source, dict):
        raise PolicyError("a statement's condition is not an object")
    for operator, keys in source.items():
        if not isinstance(keys, dict):
            raise PolicyError(f"the condition {operator} is not an object")
        for key, values in keys.items():
            listed = values if isinstance(values, list) else [values]
            yield str(operator), str(key), tuple(str(one) for one in listed)


def supported(operator: str, key: str) -> bool:
    """Whether the emulator can decide this condition."""
    return operator.removesuffix("_if_exist") in OPERATORS and CONDITION_KEYS.fullmatch(key) is not None


def holds(operator: str, key: str, values: tuple[str, ...], context: Mapping[str, str]) -> bool:
    """Whether a condition is met; a key that the call does not carry meets only ``…_if_exist`` and negations."""
    plain = operator.removesuffix("_if_exist")
    if key not in context:
        return plain != operator or plain in ("string_not_equal", "string_not_like")
    like = plain in ("string_like", "string_not_like")
    found = any(re.fullmatch(wildcard(one), context[key]) if like else one == context[key] for one in values)
    return not found if plain.startswith("string_not") else found
