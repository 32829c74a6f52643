"""Plays what people do with the credentials page in a browser, and checks what they see."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from local.stack import LocalStack
from tools.browser.reader import Look, Reader

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ENGLISH, CHINESE = "en-GB,en;q=0.9", "zh-CN,zh;q=0.9,en;q=0.8"
LOOKS = [
    Look(language, dark, width) for language in (ENGLISH, CHINESE) for dark in (False, True) for width in (1024, 320)
]
AGE = "age1uxxtm4up3sq64xne9sr477kfwagem4qekplwgj5apgg7z30x6sgsju959j"
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
"""The lowest contrast between a text and its background, as defined by WCAG 2; level AA needs 4.5."""
OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
FOCUS = "getComputedStyle(document.activeElement).outlineStyle + ' ' + document.activeElement.type"


class Checks:
    """Prints a line for each check, and counts the failed ones."""

    def __init__(self) -> None:
        self.failed = 0

    def __call__(self, claim: str, holds: object) -> None:
        """Print whether a claim holds."""
        print(f"  {'ok' if holds else 'FAILED'}  {claim}", flush=True)
        self.failed += not holds


class Story:
    """The scenes, with the local cloud, a browser, and the folder for the pictures."""

    def __init__(self, stack: LocalStack, browser: "Browser", pictures: Path) -> None:
        self.stack = stack
        self.browser = browser
        self.pictures = pictures
        self.check = Checks()

    def play(self) -> None:
        """All scenes."""
        alice = self.link("alice")
        self.looks("ready", alice)
        self.looks("encrypted", self.link("erin", encrypt_to=AGE))
        self.looks("long", self.link("W" * 64))
        self.claims(alice)
        self.looks("opened", alice)
        self.says_it_was_not_her(alice)
        self.looks("lost", alice[:-1])
        self.claims_behind_a_gateway(self.link("gina") + "?shape=apigw")

    def link(self, user: str, **fields: object) -> str:
        """Create a user; returns the link to the credentials page."""
        command = {"user": user, "policies": ["QcloudIMReadOnlyAccess"], "link_ttl": 43200, **fields}
        reply = self.stack.post("/create_user", command)
        return str(reply.json()["credentials"]["url"])

    @contextlib.contextmanager
    def reader(self, look: Look, url: str, *, scripts: bool = True) -> Iterator[Reader]:
        """A reader who has opened a page."""
        with contextlib.closing(Reader(self.browser, look, scripts=scripts)) as made:
            made.go(url)
            yield made

    def looks(self, name: str, url: str) -> None:
        """Check the page in every language, colour and width."""
        for look in LOOKS:
            with self.reader(look, url) as reader:
                reader.picture(self.pictures / f"{name}-{look}.png")
                lang, ratio = reader.value("document.documentElement.lang"), reader.value(CONTRAST)
                self.check(f"{name}-{look}: in its language", lang == ("zh-CN" if look.language == CHINESE else "en"))
                self.check(f"{name}-{look}: nothing is wider than the window", reader.value(OVERFLOW) <= 0)
                self.check(f"{name}-{look}: contrast {ratio:.1f} of at least 4.5", ratio >= 4.5)
                self.check(f"{name}-{look}: nothing is refused or loaded from elsewhere", quiet(reader, url))

    def press(self, reader: Reader) -> None:
        """Reach the button with the keyboard, and press it."""
        reader.forget()
        reader.press("Tab")
        focus = reader.value(FOCUS)
        self.check("the button is the first stop of the Tab key, and its focus can be seen", focus == "solid submit")
        reader.press("Enter")

    def claims(self, url: str) -> None:
        """Without scripts: one press of the button downloads the file."""
        with self.reader(Look(ENGLISH), url, scripts=False) as reader:
            content = reader.downloaded(lambda: self.press(reader))
            self.check("one press downloads her credentials, across the redirect to the bucket", b"alice" in content)
            self.check("the page's policy let the form go there", quiet(reader, url, self.stack.cloud.cos_url))
            reader.go(url)
            self.check(
                "afterwards the page says so", "You have opened this file" in str(reader.value("document.title"))
            )
            reader.picture(self.pictures / "again-en-light-1024.png")
            again = reader.downloaded(lambda: self.press(reader))
            self.check("within the minute one more press downloads them again", again == content)

    def says_it_was_not_her(self, url: str) -> None:
        """Another browser finds the file already opened, and reports it with the keyboard alone."""
        with self.reader(Look(ENGLISH), url, scripts=False) as reader:
            self.press(reader)
            reader.wait("text=It has been reported")
            self.check("whoever comes later says with one press that it was not them", quiet(reader, url))
            reader.picture(self.pictures / "reported-en-light-1024.png")

    def claims_behind_a_gateway(self, url: str) -> None:
        """Behind an API Gateway, which passes no redirect on, the download works too; without scripts."""
        with self.reader(Look(ENGLISH), url, scripts=False) as reader:
            content = reader.downloaded(lambda: self.press(reader))
            self.check("behind an API Gateway the download begins by itself", b"gina" in content)
            reader.picture(self.pictures / "gateway-en-light-1024.png")


def quiet(reader: Reader, *expected: str) -> bool:
    """Whether the browser requested only these addresses, and complained about nothing but their status. Prints the
    rest.
    """
    surprises = reader.surprises(*expected)
    for line in surprises:
        print(f"        {line}")
    return not surprises
