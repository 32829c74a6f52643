"""Handles one request: notes it in the journal, injects a planned fault, and lets the service answer."""

import asyncio
import threading
from collections.abc import Mapping
from email.utils import formatdate
from typing import Protocol

from multidict import CIMultiDict

from local.clock import Clock
from local.faults import Fault, Faults, Rule
from local.http_messages import Answer, Request
from local.journal import Call, Journal

GATEWAY_PAGE = b"<html><head><title>%d</title></head><body><center><h1>Bad Gateway</h1></center></body></html>\r\n"


class Endpoint(Protocol):
    """An emulated service, as the server uses it."""

    def describe(self, request: Request) -> Call:
        """The call that the request claims to be, before anything is verified."""

    def answer(self, request: Request, call: Call) -> Answer:
        """Verify, authorise and carry out the call; errors are answers too. Notes code and principal on the call."""

    def refuse(self, call: Call, fault: Fault, code: str, status: int) -> Answer:
        """The answer for the fault THROTTLE, INTERNAL or CODE, in the service's own form."""


class RequestHandler:
    """Handles one request: notes it in the journal, injects the fault that is due, and lets the service answer."""

    def __init__(self, clock: Clock, journal: Journal, faults: Faults, latency: Mapping[str, float]) -> None:
        self._clock = clock
        self._journal = journal
        self._faults = faults
        self._latency = latency
        self.lock = threading.RLock()

    async def run(self, endpoint: Endpoint, request: Request) -> Answer | None:
        """The answer, or None when the connection is to close without one."""
        with self.lock:
            call = endpoint.describe(request)
            rule = self.open(call)
        answer = (
            await self._answer_with_fault(rule, endpoint, request, call)
            if rule
            else self._commit(endpoint, request, call)
        )
        if delay := self._latency.get(call.service, 0.0):
            await asyncio.sleep(delay)
        call.status = answer.status if answer else 0
        return answer

    def open(self, call: Call) -> Rule | None:
        """Note a call in the journal, and find the fault that is planned for it."""
        with self.lock:
            return self._faults.match(self._journal.open(call))

    def _commit(self, endpoint: Endpoint, request: Request, call: Call) -> Answer:
        with self.lock:
            return endpoint.answer(request, call)

    async def _answer_with_fault(self, rule: Rule, endpoint: Endpoint, request: Request, call: Call) -> Answer | None:
        if refusal := self._fault_before(rule, endpoint, call):
            return refusal
        if rule.do is Fault.DROP_BEFORE:
            return None
        if rule.do is Fault.DELAY_BEFORE:
            await asyncio.sleep(rule.seconds)
        if rule.do is Fault.CALL_BEFORE and rule.callback:
            await asyncio.to_thread(rule.callback, call)
        answer = self._commit(endpoint, request, call)
        return await self._fault_after(rule, endpoint, call, answer)

    def _fault_before(self, rule: Rule, endpoint: Endpoint, call: Call) -> Answer | None:
        if rule.do is Fault.ERROR_BEFORE:
            return gateway_error(rule.status)
        if rule.do in (Fault.THROTTLE, Fault.INTERNAL_BEFORE, Fault.CODE):
            return endpoint.refuse(call, rule.do, rule.code, rule.status)
        return None

    async def _fault_after(self, rule: Rule, endpoint: Endpoint, call: Call, answer: Answer) -> Answer | None:
        if rule.do is Fault.DROP_AFTER:
            return None
        if rule.do is Fault.ERROR_AFTER:
            return gateway_error(rule.status)
        if rule.do is Fault.INTERNAL_AFTER:
            return endpoint.refuse(call, rule.do, rule.code, rule.status)
        if rule.do is Fault.MALFORMED:
            return Answer(200, answer.headers, answer.body[: len(answer.body) // 2])
        if rule.do is Fault.DELAY_AFTER:
            await asyncio.sleep(rule.seconds)
        if rule.do is Fault.CALL_AFTER and rule.callback:
            await asyncio.to_thread(rule.callback, call)
        return answer

    def stamp(self, answer: Answer) -> CIMultiDict[str]:
        """The answer's headers with the cloud's own date."""
        return CIMultiDict({"Date": formatdate(self._clock.now(), usegmt=True), **answer.headers})


def gateway_error(status: int) -> Answer:
    """The answer of a proxy that cannot reach the service: HTML, without an error code."""
    return Answer(status or 500, {"Content-Type": "text/html"}, GATEWAY_PAGE % (status or 500))
