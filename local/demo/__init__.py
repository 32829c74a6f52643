"""`python -m local demo`: plays the whole story on its own local cloud, and checks every claim. It leaves nothing
behind.

Exit codes: 0 every claim held, 1 one did not, 130 interrupted.
"""

import argparse
import os
import signal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # At run time these are imported later, so that a missing dependency gives one line instead of a traceback.
    from local.demo.actor import Actor
    from local.demo.stage import Stage


class Interrupted(BaseException):
    """SIGINT or SIGTERM; `args[0]` is its number."""


def interrupt(number: int, _frame: FrameType | None) -> None:
    """End the story, wherever it is. The stopping that follows is not interrupted by a second signal."""
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    raise Interrupted(number)


def main(argv: list[str] | None = None) -> int:
    """Play the story; returns the exit code."""
    parser = argparse.ArgumentParser("python -m local demo", description=__doc__)
    parser.add_argument("--package", type=Path, help="run the functions of this zip, which `make package` writes")
    parser.add_argument("--hr", action="store_true", help="another story: Feishu and WeCom tell of people")
    parser.add_argument("--verbose", action="store_true", help="with every header, answer and table")
    given = parser.parse_args(argv)
    from local.demo.stage import Stage

    os.environ["NO_PROXY"] = os.environ["no_proxy"] = "127.0.0.1,localhost"
    stage = Stage(full=given.verbose)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, interrupt)
    try:
        (play_hr if given.hr else play)(stage, given.package)
    except Interrupted as end:
        stage.say("\nInterrupted; everything is stopped.", "yellow")
        return 128 + int(end.args[0])
    return stage.verdict()


def play(stage: "Stage", package: Path | None = None) -> None:
    """Start the cloud, play every scene, stop the cloud. An error is reported as a claim that does not hold."""
    from local.demo.actor import Actor
    from local.demo.world import World

    stage.say("im-access on a local cloud: Tencent's CAM, STS, COS, CKafka and SCF, emulated on this machine.", "bold")
    stage.tell("Real SDKs talk to it over real HTTP; no account is needed, and nothing leaves this machine.")
    try:
        with World(package) as world:
            facts = world.stack.info()
            wanted = ("gateway", "api", "cos", "kafka", "topic", "bucket")
            stage.show(
                "The local cloud is up", {name: facts[name] for name in wanted} | {"receiver": world.receiver.url}
            )
            story(Actor(world, stage))
    except Exception as error:  # noqa: BLE001 - said in a line, with the claims that failed before it
        stage.check(f"the story comes to its end ({type(error).__name__}: {error})", holds=False)


def play_hr(stage: "Stage", package: Path | None = None) -> None:
    """Play the story of HR systems. An error is reported as a claim that does not hold."""
    from local.demo import over_hr

    try:
        over_hr.play(stage, package)
    except Exception as error:  # noqa: BLE001 - said in a line, with the claims that failed before it
        stage.check(f"the story comes to its end ({type(error).__name__}: {error})", holds=False)


def story(actor: "Actor") -> None:
    """All scenes, in order."""
    from local.demo import over_http, over_page, over_queue, over_years

    created = over_http.create(actor)
    row = over_http.fetch(actor, created)
    over_http.replay(actor, created, row)
    over_http.grant(actor)
    over_http.refuse(actor)
    over_queue.revoke(actor)
    bob = over_queue.notify(actor)
    over_queue.park(actor)
    over_page.hand_over(actor)
    bob = over_years.reissue(actor, bob)
    over_years.offboard(actor, bob)
    over_years.restore(actor, bob)
    over_queue.search(actor, row)
    over_http.expire(actor, created)
