"""Visit the credentials page with Chromium as people do, and check what only a browser can tell.

    python -m tools.browser [--pictures dist/browser]

Every look of the page becomes a picture there. Exit codes: 0 all holds, 1 something does not, 2 there is no Chromium.
"""

import argparse
import asyncio
import sys
from pathlib import Path

from local.up import LocalStack
from tools.browser.chromium import Tab, program, tab

LOOKS = [
    (language, dark, width)
    for language in ("en-GB,en;q=0.9", "zh-CN,zh;q=0.9,en;q=0.8")
    for dark in (False, True)
    for width in (1024, 320)
]
CONTRAST = """
(() => {
  const light = ([r, g, b]) => [r, g, b].map(v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const rgb = text => text.match(/[0-9.]+/g).map(Number);
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = rgb(getComputedStyle(e).backgroundColor);
      if (c.length < 4 || c[3] > 0) return c;
    }
    return [255, 255, 255];
  };
  return Math.min(...[...document.querySelectorAll('h1,p,dt,dd,button,a,code,header span,strong')].map(e => {
    const [a, b] = [light(rgb(getComputedStyle(e).color)), light(ground(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05); }));
})()
"""
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
FOCUS = "getComputedStyle(document.activeElement).outlineStyle + ' ' + document.activeElement.type"


class Checks:
    """What was checked, said line by line."""

    def __init__(self) -> None:
        self.failed = 0

    def __call__(self, claim: str, holds: object) -> None:
        """Say whether a claim holds."""
        print(f"  {'ok' if holds else 'FAILED'}  {claim}", flush=True)
        self.failed += not holds


class Story:
    """A stack, a browser, and where the pictures go."""

    def __init__(self, stack: LocalStack, browser: Tab, pictures: Path) -> None:
        self.stack = stack
        self.browser = browser
        self.pictures = pictures
        self.check = Checks()

    def link(self, user: str, **fields: object) -> str:
        """Create a user; the link to its page."""
        command = {"user": user, "policies": ["QcloudIMReadOnlyAccess"], "link_ttl": 43200, **fields}
        reply = self.stack.post("/create_user", command)
        return str(reply.json()["credentials"]["url"])

    async def looks(self, name: str, url: str) -> None:
        """The page in every language, colour and width."""
        for language, dark, width in LOOKS:
            title = f"{name}-{language[:2]}-{'dark' if dark else 'light'}-{width}"
            await self.browser.look(language=language, dark=dark, width=width)
            await self.browser.go(url)
            await self.browser.picture(self.pictures / f"{title}.png")
            lang = await self.browser.value("document.documentElement.lang")
            ratio = await self.browser.value(CONTRAST)
            self.check(f"{title}: in its language", lang == ("zh-CN" if language.startswith("zh") else "en"))
            self.check(f"{title}: nothing is wider than the window", await self.browser.value(OVERFLOW) <= 0)
            self.check(f"{title}: contrast {ratio:.1f} of at least 4.5", ratio >= 4.5)
            self.check(f"{title}: nothing is refused or loaded from elsewhere", self.quiet(url))

    def quiet(self, *expected: str) -> bool:
        """Whether the browser asked for these addresses alone, and complained of nothing but their status."""
        events = self.browser.events
        asked = {one["params"]["request"]["url"] for one in events if one["method"] == "Network.requestWillBeSent"}
        said = [one["params"]["entry"] for one in events if one["method"] == "Log.entryAdded"]
        complaints = [one["text"] for one in said if "the server responded with a status of 4" not in one["text"]]
        strangers = {url for url in asked if not url.startswith(tuple(expected)) and not url.endswith("/favicon.ico")}
        for line in [*complaints, *strangers]:
            print(f"        {line}")
        return not complaints and not strangers

    async def press(self) -> None:
        """Reach the button by keyboard alone, and press it."""
        self.browser.events.clear()
        await self.browser.key("Tab", 9)
        outline = await self.browser.value(FOCUS)
        self.check("the button is the first stop of the Tab key, and its focus can be seen", outline == "solid submit")
        await self.browser.key("Enter", 13, "\r")

    async def downloaded(self) -> bytes:
        """The file that the browser has put into its downloads."""
        begun = await self.browser.seen("Browser.downloadWillBegin")
        for _ in range(200):
            done = [
                one["params"]["state"] for one in self.browser.events if one["method"] == "Browser.downloadProgress"
            ]
            if "completed" in done:
                break
            await asyncio.sleep(0.05)
        return (self.browser.downloads / str(begun["suggestedFilename"])).read_bytes()


async def play(story: Story) -> None:
    """All scenes."""
    browser, check = story.browser, story.check
    alice = story.link("alice")
    await story.looks("ready", alice)
    await story.looks("encrypted", story.link("erin", encrypt_to=AGE))
    await story.looks("long", story.link("W" * 64))
    # As readers who trust no page: without scripts.
    await browser.call("Emulation.setScriptExecutionDisabled", value=True)
    await browser.look(language="en", dark=False, width=1024)
    await browser.go(alice)
    await story.press()
    content = await story.downloaded()
    check("one press downloads her credentials, across the redirect to the bucket", b"alice" in content)
    check("the page's policy let the form go there", story.quiet(alice, story.stack.cloud.cos_url))
    await browser.go(alice)
    check("afterwards the page says so", "opened already" in str(await browser.value("document.title")))
    await story.looks("opened", alice)
    await story.looks("lost", alice[:-1])
    gateway = story.link("gina") + "?shape=apigw"
    await browser.look(language="en", dark=False, width=1024)
    await browser.go(gateway)
    await story.press()
    check("behind an API Gateway the download begins by itself", b"gina" in await story.downloaded())
    await browser.picture(story.pictures / "gateway-en-light-1024.png")


AGE = "age1uxxtm4up3sq64xne9sr477kfwagem4qekplwgj5apgg7z30x6sgsju959j"


async def visit(pictures: Path, chromium: str) -> int:
    """Start everything, play, stop everything; how many claims do not hold."""
    with LocalStack(0, env={"IM_ACCESS_DELIVERY": "claim"}) as stack:
        async with tab(chromium) as browser:
            story = Story(stack, browser, pictures)
            try:
                await play(story)
            except TimeoutError as error:
                story.quiet("http://127.0.0.1")
                story.check(f"the story comes to its end ({error})", holds=False)
    return story.check.failed


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.browser", description=__doc__)
    parser.add_argument("--pictures", type=Path, default=Path("dist/browser"), help="where the screenshots go")
    pictures: Path = parser.parse_args().pictures
    chromium = program()
    if chromium is None:
        print("browser: there is no Chromium here. On Debian: apt-get install chromium", file=sys.stderr)
        return 2
    pictures.mkdir(parents=True, exist_ok=True)
    failed = asyncio.run(visit(pictures, chromium))
    print(f"browser: {failed} claims do not hold" if failed else f"browser: all holds; pictures are in {pictures}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
