"""Visit the credentials page with Chromium as people do, and check what only a browser can tell.

    python -m tools.browser [--pictures dist/browser]

Every look of the page becomes a picture there. Exit codes: 0 all holds, 1 something does not, 2 there is no Chromium,
or no Playwright to drive it with.
"""

import argparse
import importlib.util
import sys
from pathlib import Path

from local.stack import LocalStack
from tools.browser.reader import launch, program
from tools.browser.story import Story


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.browser", description=__doc__)
    parser.add_argument("--pictures", type=Path, default=Path("dist/browser"), help="where the screenshots go")
    pictures: Path = parser.parse_args().pictures
    chromium = program()
    if chromium is None:
        return refuse("there is no Chromium here. On Debian: apt-get install chromium")
    if importlib.util.find_spec("playwright") is None:
        return refuse("Playwright is not installed here; `make browser` installs it (requirements/browser.txt)")
    pictures.mkdir(parents=True, exist_ok=True)
    failed = visit(pictures, chromium)
    print(f"browser: {failed} claims do not hold" if failed else f"browser: all holds; pictures are in {pictures}")
    return 1 if failed else 0


def refuse(reason: str) -> int:
    """Say in one line why nothing can be visited."""
    print(f"browser: {reason}", file=sys.stderr)
    return 2


def visit(pictures: Path, chromium: str) -> int:
    """Start everything, play, stop everything; how many claims do not hold."""
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
