"""CAM policy documents: decides whether they allow a call.

The emulator enforces a part of version 2.0: effects, actions and resources with wildcards, and string conditions on
``cos:`` keys. A deny overrides every allow.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from local.policy_syntax import (
    PolicyError,
    flat_conditions,
    holds,
    resource_pattern,
    service_of,
    supported,
    texts,
    wildcard,
)


@dataclass(frozen=True)
class Ask:
    """The permission that a call needs: an action such as ``cam:AddUser`` on one of the resources. ``context`` has the
    values that conditions test.

    An operation-level action, as most actions of CAM are, needs the resource ``*``, which only the pattern ``*``
    allows.
    """

    action: str
    resources: tuple[str, ...] = ("*",)
    context: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Statement:
    """One statement, compiled. ``enforceable`` is false if the emulator cannot decide one of its conditions.

    ``services`` are the services of its actions, in lower case; ``*`` stands for any.
    """

    allow: bool
    actions: re.Pattern[str]
    resources: re.Pattern[str]
    conditions: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    enforceable: bool = True
    services: frozenset[str] = frozenset()

    def applies_to(self, ask: Ask) -> bool:
        """Whether the statement applies. One that cannot be enforced never allows and always denies."""
        if not self.actions.fullmatch(ask.action) or not any(map(self.resources.fullmatch, ask.resources)):
            return False
        return (
            all(holds(*condition, ask.context) for condition in self.conditions) if self.enforceable else not self.allow
        )


@dataclass(frozen=True)
class Document:
    """A compiled policy document."""

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
        """Whether this document alone allows the call."""
        return permitted((self,), ask)

    def services(self) -> frozenset[str]:
        """The services of which some action is allowed; ``*`` stands for any."""
        return frozenset().union(*(one.services for one in self.statements if one.allow))


def permitted(documents: Iterable[Document], ask: Ask) -> bool:
    """Whether the documents together allow the call: at least one allow, and no deny."""
    applying = [one for document in documents for one in document.statements if one.applies_to(ask)]
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
