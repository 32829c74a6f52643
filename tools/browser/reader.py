"""A reader of a page: a window of the system's Chromium, driven by Playwright, with its requests and error messages."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
)
PATIENCE = 30_000
"""Milliseconds that a step may take."""


def program() -> str | None:
    """The path of Chromium, or None."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def launch(playwright: "Playwright", chromium: str) -> "Browser":
    """A headless browser with an empty profile, which is deleted with it."""
    return playwright.chromium.launch(executable_path=chromium, args=list(FLAGS), timeout=PATIENCE)


@dataclass(frozen=True)
class Look:
    """A reader's preferences: `Accept-Language`, dark or light colours, the width of the window in pixels."""

    language: str
    dark: bool = False
    width: int = 1024

    def __str__(self) -> str:
        return f"{self.language[:2]}-{'dark' if self.dark else 'light'}-{self.width}"


class Reader:
    """A separate window, without cookies or cache; with `scripts=False` it runs no scripts."""

    def __init__(self, browser: "Browser", look: Look, *, scripts: bool = True) -> None:
        self._context = browser.new_context(
            locale=look.language.partition(",")[0],
            extra_http_headers={"Accept-Language": look.language},
            color_scheme="dark" if look.dark else "light",
            viewport={"width": look.width, "height": 720},
            device_scale_factor=2,
            is_mobile=look.width < 500,
            java_script_enabled=scripts,
        )
        self._context.set_default_timeout(PATIENCE)
        self._page: Page = self._context.new_page()
        self._asked: list[str] = []
        self._said: list[str] = []
        self._page.on("request", lambda request: self._asked.append(request.url))
        self._page.on("console", self._listen)
        self._page.on("pageerror", lambda error: self._said.append(str(error)))

    def _listen(self, message: "ConsoleMessage") -> None:
        self._said.append(message.text)

    def go(self, url: str) -> None:
        """Open a page and wait until it is loaded. Earlier requests and messages are forgotten."""
        self.forget()
        self._page.goto(url)

    def forget(self) -> None:
        """Forget all requests and messages so far."""
        self._asked.clear()
        self._said.clear()

    def value(self, expression: str) -> Any:  # noqa: ANN401 - whatever JavaScript yields
        """The value of a JavaScript expression on the page, even if the page itself may run no scripts."""
        return self._page.evaluate(expression)

    def press(self, key: str) -> None:
        """Press and release a key."""
        self._page.keyboard.press(key)

    def wait(self, selector: str) -> None:
        """Wait until an element exists."""
        self._page.wait_for_selector(selector)

    def downloaded(self, act: Callable[[], None]) -> bytes:
        """Run an action, and return the file that it downloads."""
        with self._page.expect_download() as begun:
            act()
        return Path(begun.value.path()).read_bytes()

    def picture(self, path: Path) -> None:
        """Write a screenshot as PNG."""
        self._page.screenshot(path=path)

    def surprises(self, *expected: str) -> list[str]:
        """Requests for addresses that begin with none of these, and error messages that are not about a 4xx answer."""
        complaints = [text for text in self._said if "the server responded with a status of 4" not in text]
        return complaints + [url for url in self._asked if not url.startswith(expected)]

    def close(self) -> None:
        """Close the window."""
        self._context.close()
