"""Parses paths and filters (RFC 7644, 3.4.2.2 and 3.5.2), with `eq`, `and` and value paths.

    userName eq "alice" and active eq true
    emails[type eq "work" and value eq "alice@example.com"]
    emails[type eq "work"].value
    urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department

Entra writes operators in any case, and sometimes a value without quotation marks.
"""

from __future__ import annotations

import json
import re
from typing import Any, NamedTuple

from shared.scim.errors import ScimError, ScimType

LONGEST = 2000
"""The most characters of a filter or a path; clients need a few hundred."""
_MOST = 20
"""The most comparisons in a filter."""
_TOKEN = re.compile(
    r"""\s*(?:(?P<open>\[)|(?P<close>\])|(?P<text>"(?:[^"\\]|\\.)*")|(?P<paren>[()])|(?P<word>[^\s\[\]()"]+))""", re.S
)
_NAME = re.compile(r"\$?[A-Za-z][A-Za-z0-9_$-]*")


class Term(NamedTuple):
    """One comparison: `path` equals `value`; or, if `exists`, some item of a list matches the value path."""

    path: Path
    value: Any = None  # JSON
    exists: bool = False


class Path(NamedTuple):
    """A parsed path. `urn`: the URN of an extension, or ""; `terms`: the filter that selects items of a list, None
    without a filter; `part`: the sub-attribute.
    """

    urn: str
    name: str
    terms: tuple[Term, ...] | None = None
    part: str = ""


def parse_filter(text: str) -> tuple[Term, ...]:
    """The comparisons of a filter, all of which must hold. Raises ScimError `invalidFilter`."""
    reader = _Reader(text, "invalidFilter")
    terms = reader.terms()
    reader.end()
    return terms


def parse_path(text: str) -> Path:
    """The path of a PATCH operation, or of an attribute. Raises ScimError `invalidPath`."""
    reader = _Reader(text, "invalidPath")
    path = reader.path()
    reader.end()
    return path


class _Reader:
    """Reads the tokens from left to right. A value path cannot contain another."""

    def __init__(self, text: str, fault: ScimType) -> None:
        self._fault = fault
        if not text.strip() or len(text) > LONGEST:
            raise self._wrong()
        self._tokens = self._split(text)
        self._place = 0
        self._compared = 0

    def terms(self, *, inner: bool = False) -> tuple[Term, ...]:
        """Comparisons that are joined by `and`."""
        found = [self._term(inner=inner)]
        while self._peek("word").casefold() == "and":
            self._next()
            found.append(self._term(inner=inner))
        return tuple(found)

    def path(self, *, inner: bool = False) -> Path:
        """A path up to its end, or up to the operator that follows it."""
        path = _named(self._take("word"), self._wrong)
        if inner or not self._peek("open"):
            return path
        if path.part:
            raise self._wrong()
        self._next()
        terms = self.terms(inner=True)
        self._take("close")
        part = self._peek("word")
        if not part.startswith("."):
            return path._replace(terms=terms)
        self._next()
        if not _NAME.fullmatch(part[1:]):
            raise self._wrong()
        return path._replace(terms=terms, part=part[1:])

    def end(self) -> None:
        """Raise an error if anything follows."""
        if self._place != len(self._tokens):
            raise self._wrong()

    def _term(self, *, inner: bool) -> Term:
        self._compared += 1
        if self._compared > _MOST:
            raise self._wrong()
        path = self.path(inner=inner)
        if path.terms is not None and not path.part and self._peek("word").casefold() in ("", "and"):
            return Term(path, exists=True)
        if self._take("word").casefold() != "eq":
            raise ScimError(400, "Only eq and and are supported in filters", self._fault)
        kind, text = self._next()
        if kind == "text":
            return Term(path, self._decoded(text))
        if kind != "word":
            raise self._wrong()
        plain = {"true": True, "false": False, "null": None}
        return Term(path, plain.get(text.casefold(), text))

    def _decoded(self, text: str) -> str:
        try:
            return str(json.loads(text, strict=False))
        except ValueError:
            raise self._wrong() from None

    def _split(self, text: str) -> list[tuple[str, str]]:
        tokens: list[tuple[str, str]] = []
        place, text = 0, text.rstrip()
        while place < len(text):
            match = _TOKEN.match(text, place)
            if match is None or match.lastgroup in (None, "paren"):
                raise self._wrong()
            tokens.append((str(match.lastgroup), match[str(match.lastgroup)]))
            place = match.end()
        return tokens

    def _peek(self, kind: str) -> str:
        """The text of the next token if it is of this kind, else ""."""
        if self._place == len(self._tokens):
            return ""
        found, text = self._tokens[self._place]
        return text if found == kind else ""

    def _next(self) -> tuple[str, str]:
        if self._place == len(self._tokens):
            raise self._wrong()
        self._place += 1
        return self._tokens[self._place - 1]

    def _take(self, kind: str) -> str:
        found, text = self._next()
        if found != kind:
            raise self._wrong()
        return text

    def _wrong(self) -> ScimError:
        what = "filter" if self._fault == "invalidFilter" else "path"
        return ScimError(400, f"The {what} cannot be read", self._fault)


def _named(text: str, wrong: Any) -> Path:  # noqa: ANN401 - makes the error
    """The URN, name and part of `urn:…:2.0:User:name.part`. The dot in the version number separates nothing."""
    urn, _, rest = text.rpartition(":") if text.casefold().startswith("urn:") else ("", "", text)
    name, dot, part = rest.partition(".")
    if not _NAME.fullmatch(name) or (dot and not _NAME.fullmatch(part)):
        raise wrong()
    return Path(urn, name, None, part)
