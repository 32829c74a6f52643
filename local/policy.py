"""CAM policy documents: whether one allows what a call asks for.

The part of version 2.0 that can be enforced here: effects, actions and resources with wildcards, and string conditions
on ``cos:`` keys. A deny wins over every allow.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import cast

OPERATORS = ("string_equal", "string_not_equal", "string_like", "string_not_like")
CONDITION_KEYS = re.compile(r"cos:(prefix|delimiter|content-type|x-cos-[a-z0-9-]+)")


class PolicyError(ValueError):
    """The document is malformed, or asks for something that the emulator cannot enforce."""


@dataclass(frozen=True)
class Ask:
    """What a call wants: an action such as ``cam:AddUser`` on any one of the resources, under its circumstances.

    An operation-level action, as most of CAM's, asks for the resource ``*``, which only the pattern ``*`` grants.
    """

    action: str
    resources: tuple[str, ...] = ("*",)
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """One statement, compiled. ``enforceable`` is false when a condition is beyond the emulator.

    ``services`` are those that its actions are of, in lower case; ``*`` stands for any.
    """

    allow: bool
    actions: re.Pattern[str]
    resources: re.Pattern[str]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    enforceable: bool = True
    services: frozenset[str] = frozenset()

    def speaks_of(self, ask: Ask) -> bool:
        """Whether the statement applies. One that cannot be enforced never allows and always denies."""
        if not self.actions.fullmatch(ask.action) or not any(map(self.resources.fullmatch, ask.resources)):
            return False
        return (
            all(holds(*condition, ask.context) for condition in self.conditions) if self.enforceable else not self.allow
        )


@dataclass(frozen=True)
class Document:
    """A policy document, ready to decide."""

    statements: tuple[Statement, ...]

    @classmethod
    def parse(cls, source: Mapping[str, object] | str, strict: bool = True) -> "Document":
        """Compile a document.

        Args:
            source: the document or its JSON text.
            strict: refuse conditions that cannot be enforced, rather than let them grant nothing.

        Raises:
            PolicyError: with the reason.
        """
        try:
            loaded = json.loads(source) if isinstance(source, str) else dict(source)
        except ValueError as error:
            raise PolicyError("the policy is not JSON") from error
        if not isinstance(loaded, dict) or loaded.get("version") != "2.0":
            raise PolicyError("the policy's version is not 2.0")
        statements = loaded.get("statement")
        if not statements or not isinstance(statements, (list, dict)):
            raise PolicyError("the policy has no statement")
        listed = statements if isinstance(statements, list) else [statements]
        return cls(tuple(compile_statement(one, strict) for one in listed))

    def allows(self, ask: Ask) -> bool:
        """Whether the document on its own grants the call."""
        return permitted((self,), ask)

    def services(self) -> frozenset[str]:
        """The services of which some action is allowed; ``*`` stands for any."""
        return frozenset().union(*(one.services for one in self.statements if one.allow))


def permitted(documents: Iterable[Document], ask: Ask) -> bool:
    """Whether the documents together grant the call: one allow, and no deny."""
    applying = [one for document in documents for one in document.statements if one.speaks_of(ask)]
    return bool(applying) and all(one.allow for one in applying)


def compile_statement(source: object, strict: bool) -> Statement:
    """One statement of a document; raises PolicyError."""
    if not isinstance(source, dict):
        raise PolicyError("a statement is not an object")
    effect = str(source.get("effect", "")).lower()
    if effect not in ("allow", "deny"):
        raise PolicyError(f"unknown effect {effect!r}")
    unknown = set(source) - {"effect", "action", "resource", "condition", "principal", "sid"}
    if unknown or "principal" in source:
        raise PolicyError(f"a statement cannot have {', '.join(sorted(unknown or {'principal'}))}")
    actions = [re.sub(r"^name/", "", one) for one in texts(source.get("action"), "action")]
    resources = [resource_pattern(one) for one in texts(source.get("resource"), "resource")]
    conditions = tuple(flat_conditions(source.get("condition") or {}))
    beyond = [condition for condition in conditions if not supported(*condition[:2])]
    if beyond and strict:
        raise PolicyError(f"the emulator cannot enforce the condition {beyond[0][0]} on {beyond[0][1]}")
    either = re.compile("|".join(map(wildcard, actions)), re.IGNORECASE)
    services = frozenset(service_of(one) for one in actions)
    return Statement(effect == "allow", either, re.compile("|".join(resources)), conditions, not beyond, services)


def service_of(action: str) -> str:
    """The service of an action such as ``im:Describe*``; ``*`` where the pattern leaves it open."""
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
