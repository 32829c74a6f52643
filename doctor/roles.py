"""Checks that each function's execution role exists, trusts SCF, and allows what its document in docs/security
allows.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

from doctor.documents import Document, differences, parse
from doctor.report import Finding, denied
from shared.errors import CloudError
from shared.operations import FUNCTIONS
from shared.tencent.api import Api

ROLES = {function: f"im-access-{function.replace('_', '-')}" for function in FUNCTIONS}
"""The roles' names in serverless.yml, by function."""
CARRIER = "scf.qcloud.com"
"""The service that assumes the roles. https://cloud.tencent.com/document/product/583/32748"""
DOCUMENTS = Path(__file__).resolve().parent.parent / "docs" / "security"
_FEW = 4
_ROWS = 100


class Absent(Exception):
    """There is no such role."""


class Roles:
    """The roles of one account, read with the caller's keys. `documents`: the folder with the policies they should
    have.
    """

    def __init__(self, api: Api, bucket: str, region: str, documents: Path | None = None) -> None:
        self._api = api
        self._names = {"bucket": bucket, "region": region, "appid": bucket.rpartition("-")[2]}
        self._documents = documents or DOCUMENTS
        self._lacking: list[str] = []

    def examine(self) -> Iterator[Finding]:
        """One finding or more for each role. What could not be read is reported once, at the end."""
        for function, name in ROLES.items():
            try:
                found = [*self._trust(name), *self._rights(function, name)]
            except Absent:
                advice = f"Make it: carrier {CARRIER}, policy docs/security/{function}.json, see docs/deployment.md."
                found = [Finding("failure", f"{name}: there is no such role", advice)]
            bad = [one for one in found if one.result != "ok"]
            if found and not bad:
                yield Finding("ok", f"{name}: {'; '.join(one.finding for one in found)}")
            yield from bad
        if self._lacking:
            advice = (
                "Ask for cam:GetRole, cam:ListAttachedRolePolicies and cam:GetPolicy, or compare in the CAM console."
            )
            yield Finding("warning", f"not all was looked at: the caller lacks {', '.join(self._lacking)}", advice)
        if not self._documents.is_dir():
            finding = "what the roles allow was not compared: docs/security is not here"
            yield Finding("warning", finding, "Run the command from a checkout of the repository.")

    def _trust(self, name: str) -> Iterator[Finding]:
        answer = self._read("GetRole", {"RoleName": name})
        if answer is None:
            return
        info = answer.get("RoleInfo")
        if not isinstance(info, dict):
            raise Absent
        carriers = _carriers(str(info.get("PolicyDocument") or ""))
        others = ", ".join(one for one in carriers if one != CARRIER)
        if CARRIER not in carriers:
            finding = f"{name}: its carrier is {others or 'nobody'}, not {CARRIER}"
            yield Finding("failure", finding, f"Make {CARRIER} the role's carrier: SCF cannot take it on.")
        elif others:
            yield Finding("warning", f"{name}: also trusts {others}", f"Leave {CARRIER} alone as the role's carrier.")
        else:
            yield Finding("ok", f"trusts {CARRIER}")

    def _rights(self, function: str, name: str) -> Iterator[Finding]:
        path = self._documents / f"{function}.json"
        granted = self._granted(name)
        if granted is None or not path.is_file():
            return
        unread = [policy for policy, document in granted.items() if document is None]
        if unread:
            finding = f"{name}: {', '.join(unread)} is of a form that is not understood"
            yield Finding("warning", finding, f"Attach docs/security/{function}.json alone, or compare it by hand.")
            return
        wanted = parse(Template(path.read_text("utf-8")).substitute(self._names))
        union = sum((document for document in granted.values() if document), Document())
        found = differences(wanted, union)
        same = f"docs/security/{function}.json"
        if found.missing:
            advice = f"Attach a policy with {same}, filled in for this bucket and region."
            yield Finding("failure", f"{name}: lacks {_short(found.missing)}", advice)
        if found.bound:
            finding = f"{name}: only under further conditions: {_short(found.bound)}"
            yield Finding("warning", finding, "See that the functions meet them, or take them out.")
        if found.excess:
            finding = f"{name}: allows more than needed: {_short(found.excess)}"
            yield Finding("warning", finding, f"Let it have {same} and nothing else.")
        if not any(found):
            yield Finding("ok", f"allows what {same} does")

    def _granted(self, name: str) -> dict[str, Document | None] | None:
        """The documents of the attached policies, by name. A document is None if it cannot be parsed; the whole answer
        is None if the caller may not read it.
        """
        granted: dict[str, Document | None] = {}
        page, seen = 0, 0
        while True:
            page += 1
            answer = self._read("ListAttachedRolePolicies", {"RoleName": name, "Page": page, "Rp": _ROWS})
            if answer is None:
                return None
            rows = answer.get("List") or []
            for row in rows:
                policy = self._read("GetPolicy", {"PolicyId": int(row["PolicyId"])})
                if policy is None:
                    return None
                granted[str(row.get("PolicyName"))] = _parsed(str(policy.get("PolicyDocument") or ""))
            seen += len(rows)
            if not rows or seen >= int(answer.get("TotalNum") or 0):
                return granted

    def _read(self, action: str, params: dict[str, Any]) -> dict[str, Any] | None:
        """An answer of CAM, or None if the caller lacks the right; such a call is not tried again. Raises Absent."""
        if f"cam:{action}" in self._lacking:
            return None
        try:
            return self._api.read("cam", action, params)
        except CloudError as error:
            if error.cloud_code.endswith(".RoleNotExist"):
                raise Absent from None
            if not denied(error):
                raise
            self._lacking.append(f"cam:{action}")
            return None


def _parsed(text: str) -> Document | None:
    try:
        return parse(text)
    except (ValueError, TypeError, AttributeError):
        return None


def _carriers(text: str) -> list[str]:
    """Who may assume a role according to its trust policy; nobody if the policy cannot be parsed."""
    found: list[str] = []
    try:
        statements = json.loads(text)["statement"]
        for one in statements if isinstance(statements, list) else [statements]:
            if str(one["effect"]).lower() == "allow":
                for names in dict(one["principal"]).values():
                    found += names if isinstance(names, list) else [names]
    except (ValueError, KeyError, TypeError):
        return []
    return [str(name) for name in found]


def _short(names: list[str]) -> str:
    more = f" and {len(names) - _FEW} more" if len(names) > _FEW else ""
    return ", ".join(names[:_FEW]) + more
