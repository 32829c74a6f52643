"""The HTTP side: two loopback ports in one background thread, faults and latency included.

One asyncio loop serves all connections, so thousands of idle ones and any amount of injected latency cost next to
nothing. The work of a call itself is synchronous and short, and one lock makes each call atomic.
"""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Protocol
from urllib.parse import parse_qsl, unquote

from aiohttp import web
from multidict import CIMultiDict

from local.clock import Clock
from local.faults import Fault, Faults, Rule
from local.journal import Call, Journal

GATEWAY_PAGE = b"<html><head><title>%d</title></head><body><center><h1>Bad Gateway</h1></center></body></html>\r\n"
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


@dataclass(frozen=True)
class Request:
    """One HTTP request, as raw as signatures need it. Header names are compared without regard to case."""

    method: str
    raw_path: str
    raw_query: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False, default=b"")

    @property
    def path(self) -> str:
        """The path with its percent escapes decoded."""
        return unquote(self.raw_path)

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters, decoded; one without a value has the empty one."""
        return dict(parse_qsl(self.raw_query, keep_blank_values=True))


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False, default=b"")


class Endpoint(Protocol):
    """An emulated service as the server sees it."""

    def describe(self, request: Request) -> Call:
        """What the request says it is, before anything is verified."""

    def answer(self, request: Request, call: Call) -> Answer:
        """Verify, authorise and commit; errors are answers as well. Notes code and principal on the call."""

    def refuse(self, call: Call, fault: Fault, code: str, status: int) -> Answer:
        """The service's own form of THROTTLE, INTERNAL or CODE."""


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
    """What a proxy in front of the service answers when it lost it: HTML, and no error code."""
    return Answer(status or 500, {"Content-Type": "text/html"}, GATEWAY_PAGE % (status or 500))


class Server:
    """Serves endpoints on loopback ports from one background thread."""

    def __init__(self, exchange: RequestHandler) -> None:
        self._handler = exchange
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="local-cloud", daemon=True)
        self._servers: list[tuple[web.Server, asyncio.Server]] = []

    def start(self) -> None:
        """Start the thread; ports are opened one by one with ``listen``."""
        self._thread.start()

    def listen(self, endpoint: Endpoint, port: int) -> int:
        """Serve an endpoint on a port, any free one for 0; returns the port."""
        return asyncio.run_coroutine_threadsafe(self._listen(endpoint, port), self._loop).result()

    def stop(self) -> None:
        """Close every connection and end the thread."""
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _listen(self, endpoint: Endpoint, port: int) -> int:
        async def handle(received: web.BaseRequest) -> web.StreamResponse:
            return await self._handle(endpoint, received)

        front = web.Server(handle, access_log=None, keepalive_timeout=600)
        server = await self._loop.create_server(front, "127.0.0.1", port, backlog=4096)
        self._servers.append((front, server))
        return int(server.sockets[0].getsockname()[1])

    async def _close(self) -> None:
        for front, server in self._servers:
            server.close()
            await front.shutdown(timeout=0.005)
        pending = asyncio.all_tasks() - {asyncio.current_task()}
        for task in pending:
            task.cancel()
        await asyncio.gather(*pending, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    async def _handle(self, endpoint: Endpoint, received: web.BaseRequest) -> web.StreamResponse:
        answer = await self._handler.run(endpoint, await read(received))
        if answer is None:
            if received.transport:
                received.transport.close()
            return web.Response()
        return web.Response(status=answer.status, headers=self._handler.stamp(answer), body=answer.body)


async def read(received: web.BaseRequest) -> Request:
    """Take in the whole request, telling a waiting client to go on first."""
    if received.headers.get("Expect", "").lower() == "100-continue" and received.transport:
        received.transport.write(CONTINUE)
    path, _, query = received.raw_path.partition("?")
    return Request(received.method, path, query, received.headers, await received.content.read())
