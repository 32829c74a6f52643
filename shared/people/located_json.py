"""Reads JSON that a person wrote, and remembers the line of each member, so that errors can name the line."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, NoReturn

Path = tuple[str | int, ...]
"""The path to a member: names and positions, from the outside in."""

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:,]|[^\s{}\[\]:,"]+|\n')


class NotJson(ValueError):
    """The text is no JSON; `line` is the line of the first error."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line = line
        self.problem = problem


class Located(NamedTuple):
    """A value, the line of each of its members, and the members that come twice."""

    value: Any  # decoded JSON
    lines: dict[Path, int]
    repeated: list[Path]

    def line(self, path: Path) -> int:
        """The line of a member; for a missing member, the line of the object that should have it."""
        while path not in self.lines:
            path = path[:-1]
        return self.lines[path]


def read(raw: bytes) -> Located:
    """The JSON in a file, which may begin with a byte order mark. Raises NotJson."""
    try:
        text = raw.decode("utf-8-sig")
        value = json.loads(text, parse_constant=_refuse)
        return _located(text, value)
    except UnicodeDecodeError as error:
        raise NotJson(raw[: error.start].count(b"\n") + 1, "is no UTF-8") from None
    except json.JSONDecodeError as error:
        raise NotJson(error.lineno, f"is no JSON: {error.msg}, column {error.colno}") from None
    except RecursionError:
        raise NotJson(1, "is nested too deeply") from None
    except ValueError as error:
        raise NotJson(1, f"is no JSON: {error}") from None


def _located(text: str, value: Any) -> Located:  # noqa: ANN401 - whatever JSON gave
    located = Located(value, {}, [])
    _Walk(_tokens(text), located).value((), None)
    return located


class _Walk:
    """Walks over the tokens of a text that is valid JSON."""

    def __init__(self, tokens: Iterator[tuple[str, int]], found: Located) -> None:
        self._tokens = tokens
        self._found = found

    def value(self, path: Path, line: int | None, token: tuple[str, int] | None = None) -> None:
        """Record the lines of a value and of all its members; the line of a member is that of its name."""
        word, here = token or next(self._tokens)
        self._found.lines.setdefault(path, line or here)
        if word == "{":
            self._members(path)
        elif word == "[":
            self._items(path)

    def _members(self, path: Path) -> None:
        for word, line in self._tokens:
            if word == "}":
                return
            if word != ",":
                member: Path = (*path, json.loads(word))
                if member in self._found.lines:
                    self._found.repeated.append(member)
                next(self._tokens)
                self.value(member, line)

    def _items(self, path: Path) -> None:
        place = 0
        for token in self._tokens:
            if token[0] == "]":
                return
            if token[0] != ",":
                self.value((*path, place), None, token)
                place += 1


def _tokens(text: str) -> Iterator[tuple[str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        if match[0] == "\n":
            line += 1
        else:
            yield match[0], line


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number")
