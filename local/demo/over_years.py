"""The scenes of later years: a key is lost, somebody leaves, comes back, and leaves again on a date that was set
before.
"""

from datetime import datetime, timedelta, timezone

from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException

from local.demo.actor import READ, Actor
from local.demo.world import A_MINUTE

SOON = timedelta(seconds=2)
"""Until the end of a contract, as the functions' clocks cannot be moved."""


def pass_a_minute(actor: Actor) -> None:
    """Move the cloud's clock forward by a minute. Right after an event, the next one waits until CAM shows all changes.

    The demo calls this for four minutes in all: the functions' clocks stay, and signatures are valid for five minutes.
    """
    actor.stage.tell("A minute passes: the local cloud's clock is moved.")
    actor.world.stack.cloud.clock.advance(A_MINUTE)


def reissue(actor: Actor, row: list[str]) -> list[str]:
    """Replace a lost password and key by new ones. Returns the row of the new file."""
    actor.stage.step("Bob loses his key: reissue", "What was lost stops working, before the answer is there.")
    pass_a_minute(actor)
    status, answer = actor.call("reissue_credentials", {"user": "bob", "reason": "laptop stolen", "ticket": "HELP-17"})
    actor.stage.check("the function answers 200 reissued", (status, answer.get("status")) == (200, "reissued"))
    actor.stage.check("the lost key is dead", not works(actor, row))
    return actor.download(answer["credentials"]["url"], "bob")


def offboard(actor: Actor, row: list[str]) -> None:
    """Offboard somebody: everything is closed at once."""
    actor.stage.step("Bob leaves: offboard", "Keys and login first, then the policies; the user is deleted in a month.")
    pass_a_minute(actor)
    status, answer = actor.call("offboard_user", {"user": "bob", "approved_by": "hr"})
    actor.stage.check("the function answers 200 offboarded", (status, answer.get("status")) == (200, "offboarded"))
    closed(actor, row)
    actor.stage.check("the day of his deletion is set", answer["delete_at"] is not None)


def restore(actor: Actor, row: list[str]) -> None:
    """The same user is there again, until a date; then the sweep closes it."""
    actor.stage.step(
        "Bob comes back, until a date", "He is the user that he was, with fresh credentials; old ones stay dead."
    )
    pass_a_minute(actor)
    uin, until = actor.world.uin("bob"), datetime.now(timezone.utc) + SOON
    command = {"user": "bob", "policies": [READ], "until": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
    status, answer = actor.call("restore_user", command)
    actor.stage.check("the function answers 200 restored, the same user", (status, answer["user"]["uin"]) == (200, uin))
    fresh = actor.download(answer["credentials"]["url"], "bob")
    actor.stage.check("his old key stays dead", not works(actor, row))
    pass_a_minute(actor)
    swept = actor.world.wait(lambda: actor.world.post("sweep", b"", {})[1], lambda result: result["until"]["done"])
    actor.stage.answer("the sweep, when the date is past", {"until": swept["until"]})
    closed(actor, fresh)


def closed(actor: Actor, row: list[str]) -> None:
    """Check that key and console login of the row do not work any more, and that bob has no policies."""
    owner, cam = actor.world.stack.cloud.owner_uin, actor.world.stack.cloud.cam
    open_doors = (works(actor, row), cam.login(owner, "bob", row[2]), actor.world.policies("bob"))
    actor.stage.check("his key, his login and his policies are gone", open_doors == (False, False, []))


def works(actor: Actor, row: list[str]) -> bool:
    """Whether the key of a credentials file still signs calls."""
    try:
        actor.world.api("sts", "GetCallerIdentity", {}, keys=(row[3], row[4]))
    except TencentCloudSDKException:
        return False
    return True
