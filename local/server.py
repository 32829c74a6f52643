"""The HTTP server: loopback ports in one background thread.

One asyncio loop serves all connections, so thousands of idle connections and any injected latency cost almost nothing.
The work of a call is synchronous and short, and one lock makes each call atomic.
"""

import asyncio
import threading

from aiohttp import web

from local.http_messages import Request
from local.request_handler import Endpoint, RequestHandler

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


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
        try:
            request = await read(received)
        except ConnectionError:
            # The sender went away in the middle of its request, so nobody is answered and nothing is done.
            return web.Response()
        answer = await self._handler.run(endpoint, request)
        if answer is None:
            if received.transport:
                received.transport.close()
            return web.Response()
        return web.Response(status=answer.status, headers=self._handler.stamp(answer), body=answer.body)


async def read(received: web.BaseRequest) -> Request:
    """Read the whole request; a client that waits for `100 Continue` gets it first."""
    if received.headers.get("Expect", "").lower() == "100-continue" and received.transport:
        received.transport.write(CONTINUE)
    path, _, query = received.raw_path.partition("?")
    return Request(received.method, path, query, received.headers, await received.content.read())
