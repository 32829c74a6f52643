"""Reads a document of rules, or lists all its errors, each with line, rule and field."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from shared.people.located_json import Located, NotJson, Path, read
from shared.people.person_attributes import as_text, known
from shared.people.rules import VERSION, Rule, Rules
from shared.people.rules_fault import Fault, ascii_safe, dotted
from shared.people.user_names import fault as template_fault
from shared.settings_parsers import policy_name

_TOP = ("v", "user_name", "delivery", "leaver", "rules")
_RULE = ("name", "when", "policies")
_MOST_RULES, _MOST_POLICIES, _LONGEST_NAME, _LONGEST_DAYS = 500, 20, 100, 3650


def check(raw: bytes, allowed: Collection[str] | None = None) -> tuple[Rules | None, list[Fault]]:
    """The rules in a file, or None; and all errors, in the order of their lines.

    `allowed`: the policies on the allow-list, where it is known.
    """
    try:
        located = read(raw)
    except NotJson as error:
        return None, [Fault(error.line, "", "", error.problem)]
    reader = _Reader(located, allowed)
    rules = reader.rules()
    faults = sorted(reader.faults)
    return (None if faults else rules), faults


class _Reader:
    """Reads one document. It records each error and goes on."""

    def __init__(self, located: Located, allowed: Collection[str] | None) -> None:
        self._located = located
        self._allowed = allowed
        self.faults: list[Fault] = []

    def rules(self) -> Rules:
        """The document, as far as it can be read."""
        document = self._located.value
        if not isinstance(document, dict):
            self._fault((), "is no JSON object")
            return Rules((), ())
        for path in self._located.repeated:
            self._fault(path, "stands twice")
        self._unknown((), document, _TOP)
        if document.get("v") != VERSION or document.get("v") is True:
            self._fault(("v",), f"is not {VERSION}, the one version that is known here")
        delivery = self._object(("delivery",), document.get("delivery", {}), ("console_login", "api_access"))
        console, keys = (self._flag(delivery, name) for name in ("console_login", "api_access"))
        if not (console or keys):
            self._fault(("delivery",), "gives neither console_login nor api_access, so nobody would get anything")
        return Rules(self._templates(document), self._rules(document), console, keys, self._days(document))

    def _templates(self, document: dict[str, Any]) -> tuple[str, ...]:
        path: Path = ("user_name",)
        listed = self._texts(path, document.get("user_name"))
        for place, template in listed:
            if problem := template_fault(template):
                self._fault((*path, place), problem)
        return tuple(template for _, template in listed)

    def _days(self, document: dict[str, Any]) -> int | None:
        leaver = self._object(("leaver",), document.get("leaver", {}), ("delete_after_days",))
        days = leaver.get("delete_after_days")
        if days is None or (type(days) is int and 0 <= days <= _LONGEST_DAYS):
            return days
        self._fault(("leaver", "delete_after_days"), f"is no whole number from 0 to {_LONGEST_DAYS}")
        return None

    def _rules(self, document: dict[str, Any]) -> tuple[Rule, ...]:
        listed = document.get("rules")
        if not isinstance(listed, list) or not 1 <= len(listed) <= _MOST_RULES:
            self._fault(("rules",), f"is no list of 1 to {_MOST_RULES} rules")
            return ()
        found = [self._rule(("rules", place), one) for place, one in enumerate(listed)]
        for place, rule in enumerate(found):
            if rule.name and rule.name in [other.name for other in found[:place]]:
                self._fault(("rules", place, "name"), "is another rule's name, too")
        return tuple(found)

    def _rule(self, path: Path, one: object) -> Rule:
        members = self._object(path, one, _RULE)
        name = members.get("name")
        if not (isinstance(name, str) and 1 <= len(name.strip()) <= len(name) <= _LONGEST_NAME and name.isprintable()):
            self._fault((*path, "name"), f"is no text of 1 to {_LONGEST_NAME} characters")
            name = ""
        return Rule(name, self._when((*path, "when"), members), self._policies((*path, "policies"), members))

    def _when(self, path: Path, members: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        when = members.get("when")
        if not isinstance(when, dict) or not when:
            self._fault(path, 'is no object that names an attribute; {"employee": "*"} is everybody')
            return {}
        for name in when:
            if not known(name):
                self._fault((*path, name), "is no attribute: those of your own are attributes.<name>")
        return {name: self._wanted((*path, name), wanted) for name, wanted in when.items()}

    def _wanted(self, path: Path, wanted: object) -> tuple[str, ...]:
        listed = wanted if isinstance(wanted, list) else [wanted]
        texts = [as_text(value) for value in listed if isinstance(value, str | int | float)]
        if not texts or len(texts) < len(listed) or not all(texts):
            self._fault(path, "is no text, number or truth value, and no list of them")
        return tuple(texts)

    def _policies(self, path: Path, members: dict[str, Any]) -> tuple[str, ...]:
        listed = self._texts(path, members.get("policies"), most=_MOST_POLICIES)
        for place, name in listed:
            if problem := self._policy_fault(name):
                self._fault((*path, place), problem)
        names = [name for _, name in listed]
        for place, name in listed:
            if name in names[:place]:
                self._fault((*path, place), "stands twice")
        return tuple(names)

    def _policy_fault(self, name: str) -> str:
        try:
            policy_name(name)
        except ValueError as error:
            return str(error)
        if self._allowed is not None and name not in self._allowed:
            return "is not on the allow-list, IM_ACCESS_POLICIES"
        return ""

    def _texts(self, path: Path, listed: object, most: int = 20) -> list[tuple[int, str]]:
        """The texts of a list, with their positions."""
        if not isinstance(listed, list) or not 1 <= len(listed) <= most:
            self._fault(path, f"is no list of 1 to {most} texts")
            return []
        for place, one in enumerate(listed):
            if not isinstance(one, str):
                self._fault((*path, place), "is no text")
        return [(place, one) for place, one in enumerate(listed) if isinstance(one, str)]

    def _object(self, path: Path, found: object, names: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(found, dict):
            self._fault(path, "is no object")
            return dict.fromkeys(names)
        self._unknown(path, found, names)
        return found

    def _unknown(self, path: Path, found: dict[str, Any], names: tuple[str, ...]) -> None:
        for name in found:
            if name not in names:
                self._fault((*path, name), f"is unknown; there are {', '.join(names)}")

    def _flag(self, found: dict[str, Any], name: str) -> bool:
        value = found.get(name, True)
        if not isinstance(value, bool):
            self._fault(("delivery", name), "is neither true nor false")
            return True
        return value

    def _fault(self, path: Path, problem: str) -> None:
        rule, field = "", path
        if path[:1] == ("rules",) and len(path) > 1 and isinstance(path[1], int):
            rule, field = self._rule_name(path[1]), path[2:]
        self.faults.append(Fault(self._located.line(path), rule, dotted(field), problem))

    def _rule_name(self, place: int) -> str:
        found = self._located.value["rules"][place]
        name = found.get("name") if isinstance(found, dict) else None
        return ascii_safe(name) if isinstance(name, str) and name.strip() else f"number {place + 1}"
