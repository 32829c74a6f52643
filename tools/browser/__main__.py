"""Visit the credentials page with Chromium as people do, and check what only a browser can show.

    python -m tools.browser [--pictures dist/browser]

Every form of the page becomes a picture in that folder. Exit codes: 0 all claims hold, 1 some do not, 2 there is no
Chromium, or Playwright, which drives it, cannot be installed.
"""

import argparse
import sys
from pathlib import Path

from local.stack import LocalStack
from tools.browser.reader import launch, program
from tools.browser.story import Story
from tools.setup import ROOT, reason, run


def main() -> int:
    """Run the checks; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.browser", description=__doc__)
    parser.add_argument("--pictures", type=Path, default=Path("dist/browser"), help="where the screenshots go")
    pictures: Path = parser.parse_args().pictures
    chromium = program()
    if chromium is None:
        return refuse("there is no Chromium here. On Debian: apt-get install chromium")
    trouble = install()
    if trouble:
        return refuse(trouble)
    pictures.mkdir(parents=True, exist_ok=True)
    failed = visit(pictures, chromium)
    print(
        f"browser: {failed} claims do not hold" if failed else f"browser: all claims hold; pictures are in {pictures}"
    )
    return 1 if failed else 0


def refuse(why: str) -> int:
    """Print in one line why the page cannot be visited."""
    print(f"browser: {why}", file=sys.stderr)
    return 2


def install() -> str:
    """Install the locked Playwright unless it is there already. Returns why that failed, or an empty text."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--retries",
        "1",
    ]
    done = run(*pip, "--require-hashes", "-r", str(ROOT / "requirements" / "browser.txt"))
    if not done.returncode:
        return ""
    why = reason(done, Path(sys.prefix, "browser.log"))
    return f"Playwright could not be installed (no network, or no package index?): {why}"


def visit(pictures: Path, chromium: str) -> int:
    """Start the local cloud and the browser, and play the story; returns how many claims do not hold."""
    from playwright.sync_api import Error, sync_playwright

    with (
        LocalStack(0, env={"IM_ACCESS_DELIVERY": "claim"}) as stack,
        sync_playwright() as playwright,
        launch(playwright, chromium) as browser,
    ):
        story = Story(stack, browser, pictures)
        try:
            story.play()
        except Error as error:
            story.check(f"the story comes to its end ({error})", holds=False)
    return story.check.failed


if __name__ == "__main__":
    sys.exit(main())
