"""Serves the functions over HTTP: `/<function>/…` becomes a Function URL event, with `?shape=apigw` one of API Gateway.

`POST /<timer>` fires a timer, and answers what its function returned. This and `GET /` need no signature.
"""

import asyncio
import concurrent.futures
import json
import threading
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiohttp import web

from local.scf import http_event, timer
from local.scf.function import Function
from local.scf.http_event import HttpAnswer, HttpRequest
from local.scf.model import EVENT_LIMIT, InvokeResult

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Views = Mapping[str, Callable[[], object]]


class Gateway:
    """Serves `functions` on loopback from a thread of its own; `info` returns the answer to `GET /`.

    `timers` are the functions whose timer a POST fires; `clock` gives the time of such an event. A `GET` of a name in
    `views` answers what the view returns, as JSON.
    """

    def __init__(
        self,
        functions: Mapping[str, Function],
        info: Callable[[], dict[str, Any]],
        port: int = 0,
        timers: Sequence[str] = timer.TIMERS,
        views: Views | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._functions, self._info = functions, info
        self._timers, self._views, self._clock = timers, views or {}, clock
        self.port = port
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._runner: web.AppRunner | None = None

    @property
    def url(self) -> str:
        """The gateway's address, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin to listen. Raises `OSError` if the port is taken."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="gateway", daemon=True)
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._listen(), self._loop).result()

    def stop(self) -> None:
        """Close the port and end the thread, also after a failed start. The functions must be stopped before."""
        if self._loop is None or self._thread is None:
            return
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = self._thread = None

    async def _listen(self) -> None:
        # One worker for each request, so that a few slow invocations do not hold up the others.
        asyncio.get_running_loop().set_default_executor(concurrent.futures.ThreadPoolExecutor(32, "invoke"))
        application = web.Application(client_max_size=EVENT_LIMIT)
        application.router.add_get("/", self._index)
        for name, view in self._views.items():
            application.router.add_get(f"/{name}", showing(view))
        application.router.add_route("*", r"/{function}{path:(/.*)?}", self._invoke)
        # Bodies are passed on unchanged, because a signature covers the bytes that were sent, compressed or not.
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5, auto_decompress=False)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _close(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        await asyncio.get_running_loop().shutdown_default_executor()

    async def _index(self, _request: web.Request) -> web.Response:
        return web.json_response(self._info(), dumps=indented)

    async def _invoke(self, request: web.Request) -> web.Response:
        name = request.match_info["function"]
        function = self._functions.get(name)
        if function is None:
            known = ", ".join(f"/{one}" for one in sorted(self._functions))
            return web.json_response({"error": f"no function {name}", "functions": known}, status=404)
        if name in self._timers:
            return await self._fire(request, name, function)
        through_gateway = "apigw" in request.query.getall("shape", [])
        try:
            received = await read(request, name)
        except ConnectionError:
            # The caller went away in the middle of its request, so nothing is invoked and nobody is answered.
            return web.Response()
        event = http_event.gateway_event(received) if through_gateway else http_event.url_event(received)
        result = await asyncio.get_running_loop().run_in_executor(None, function.invoke, event)
        return response(http_event.answer(result, through_gateway), result)

    async def _fire(self, request: web.Request, name: str, function: Function) -> web.Response:
        """Fire a timer, and answer what the function returned; 500 and the platform's error object if it failed."""
        if request.method != "POST":
            raise web.HTTPMethodNotAllowed(request.method, ["POST"])
        event = timer.event(name, self._clock())
        result = await asyncio.get_running_loop().run_in_executor(None, function.invoke, event)
        answer = http_event.as_json(200, result.value) if result.ok else http_event.as_json(500, result.error)
        return response(answer, result)


def showing(view: Callable[[], object]) -> Handler:
    """Make a handler for aiohttp that answers what `view` returns, as JSON."""

    async def show(_request: web.Request) -> web.Response:
        return web.json_response(view(), dumps=indented)

    return show


def indented(value: object) -> str:
    """JSON for people, with a line for each value."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


async def read(request: web.Request, function: str) -> HttpRequest:
    """The request with its whole body; aiohttp answers 413 beyond 6 MB."""
    raw_path = request.rel_url.raw_path.removeprefix(f"/{function}")
    return HttpRequest(
        function=function,
        method=request.method,
        path=raw_path or "/",
        query=request.rel_url.raw_query_string,
        headers=list(request.headers.items()),
        body=await request.read(),
        remote=request.remote or "127.0.0.1",
    )


def response(answer: HttpAnswer, result: InvokeResult) -> web.Response:
    """The answer as aiohttp sends it, with the invocation's id."""
    message = web.Response(status=answer.status, body=answer.body)
    message.headers.popall("Content-Type", None)
    for name, value in answer.headers:
        message.headers.add(name, value)
    message.headers["x-scf-request-id"] = result.request_id
    return message
