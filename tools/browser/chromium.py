"""A headless Chromium, driven over its DevTools protocol (https://chromedevtools.github.io/devtools-protocol/)."""

import asyncio
import base64
import contextlib
import itertools
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
    "--remote-debugging-port=0",
)
PATIENCE = 30.0


def program() -> str | None:
    """Where Chromium is, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


class Tab:
    """A page of its own; `events` has what the browser told of it since the last navigation."""

    def __init__(self, socket: "aiohttp.ClientWebSocketResponse[Any]", downloads: Path) -> None:
        self.downloads = downloads
        self.events: list[dict[str, Any]] = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reader = asyncio.create_task(self._read())

    async def _read(self) -> None:
        async for message in self._socket:
            told = message.json()
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told)
            else:
                self.events.append(told)

    async def call(self, method: str, **params: object) -> dict[str, Any]:
        """A command and its result. Raises RuntimeError for one that is refused."""
        number = next(self._numbers)
        self._answers[number] = answer = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": params})
        told = await asyncio.wait_for(answer, PATIENCE)
        if "error" in told:
            raise RuntimeError(f"{method}: {told['error']['message']}")
        result: dict[str, Any] = told["result"]
        return result

    async def go(self, url: str) -> None:
        """Open a page and wait until it is drawn."""
        self.events.clear()
        await self.call("Page.navigate", url=url)
        await self.seen("Page.loadEventFired")

    async def seen(self, method: str) -> dict[str, Any]:
        """The parameters of the next event of a kind. Raises TimeoutError."""
        for _ in range(int(PATIENCE * 20)):
            for event in self.events:
                if event["method"] == method:
                    params: dict[str, Any] = event["params"]
                    return params
            await asyncio.sleep(0.05)
        raise TimeoutError(f"no {method} within {PATIENCE:g} seconds")

    async def value(self, expression: str) -> Any:  # noqa: ANN401 - whatever JavaScript yields
        """The value of a JavaScript expression on the page, also where the page itself may run none."""
        result = await self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        return result["result"].get("value")

    async def key(self, name: str, code: int, text: str = "") -> None:
        """Press and release a key."""
        fixed = {"key": name, "code": name, "windowsVirtualKeyCode": code}
        await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **fixed)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **fixed)

    async def look(self, *, language: str, dark: bool, width: int) -> None:
        """Be a reader's browser: its language, its colours, its window."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        agent = await self.value("navigator.userAgent")
        await self.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)
        await self.call("Emulation.setEmulatedMedia", features=[scheme])
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=720, deviceScaleFactor=2, mobile=width < 500
        )

    async def picture(self, path: Path) -> None:
        """What can be seen, as PNG."""
        shot = await self.call("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))  # noqa: ASYNC240 - nothing else is waiting


@contextlib.asynccontextmanager
async def tab(chromium: str) -> AsyncIterator[Tab]:
    """A browser with an empty profile and one page, closed and deleted afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        process = await asyncio.create_subprocess_exec(
            chromium,
            *FLAGS,
            f"--user-data-dir={profile}",
            "about:blank",
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            async with aiohttp.ClientSession() as session:
                url = await page_url(session, Path(profile))
                async with session.ws_connect(url, max_msg_size=0) as socket:
                    made = Tab(socket, Path(profile) / "downloads")
                    for domain in ("Page", "Network", "Log", "Runtime"):
                        await made.call(f"{domain}.enable")
                    folder = str(made.downloads)
                    await made.call(
                        "Browser.setDownloadBehavior", behavior="allow", downloadPath=folder, eventsEnabled=True
                    )
                    yield made
        finally:
            process.kill()
            await process.wait()


async def page_url(session: aiohttp.ClientSession, profile: Path) -> str:
    """Where the first page takes commands, once the browser is up."""
    for _ in range(int(PATIENCE * 20)):
        with contextlib.suppress(OSError, IndexError, aiohttp.ClientError, StopIteration):
            port = (profile / "DevToolsActivePort").read_text().split()[0]
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [one for one in await answer.json() if one["type"] == "page"]
                if pages:
                    return str(pages[0]["webSocketDebuggerUrl"])
        await asyncio.sleep(0.05)
    raise TimeoutError("the browser did not start")
