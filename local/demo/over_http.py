"""The scenes over HTTP: create, fetch, repeat, grant, refuse; and the end of the link."""

from typing import Any

from local.demo.actor import FULL, READ, Actor, seconds_left
from local.function_settings import webhook_secret

Answer = dict[str, Any]


def create(actor: Actor) -> Answer:
    """Create a user with a policy over HTTP. Returns the answer, which has the link to its credentials file."""
    actor.stage.step(
        "Alice joins: create her over HTTP",
        "A signed webhook asks for a sub-user that may read Instant Messaging. The link shall live ten minutes.",
    )
    before = actor.world.policies("alice")
    command = {"user": "alice", "policies": [READ], "remark": "customer support", "link_ttl": 600}
    status, answer = actor.call("create_user", command, "msg_alice_joins")
    actor.stage.check("the function answers 201 created", (status, answer.get("status")) == (201, "created"))
    actor.stage.check("CAM has the user that the answer names", actor.world.uin("alice") == answer["user"]["uin"])
    actor.follow("alice", before, [READ])
    return answer


def fetch(actor: Actor, created: Answer) -> list[str]:
    """Fetch the credentials file, print it, and sign with its key. Returns its row, a list of cells."""
    actor.stage.step(
        "Alice fetches her credentials",
        "The answer holds no password and no key, only a link. What is behind it works:",
    )
    row = actor.download(created["credentials"]["url"], "alice")
    left = seconds_left(created["credentials"]["expires_at"])
    actor.stage.check("the link expires ten minutes after it was made", 540 < left <= 600)
    return row


def replay(actor: Actor, created: Answer, row: list[str]) -> None:
    """Send the same create again: the first answer comes back, and nothing is done twice."""
    actor.stage.step(
        "The same request comes again",
        "Networks lose answers, so senders repeat themselves. The webhook-id says that it is the same request.",
    )
    command = {"user": "alice", "policies": [READ], "remark": "customer support", "link_ttl": 600}
    status, answer = actor.call("create_user", command, "msg_alice_joins")
    actor.stage.check("it is answered 200 and replayed", (status, answer.get("replayed")) == (200, True))
    actor.stage.check("by the same request id", answer["request_id"] == created["request_id"])
    again = actor.world.fetch(answer["credentials"]["url"])[2].decode("utf-8-sig")
    actor.stage.check("the fresh link leads to the same credentials", row[4] in again)
    keys = actor.world.api("cam", "ListAccessKeys", {"TargetUin": answer["user"]["uin"]})["AccessKeys"]
    actor.stage.check("CAM still has one key of hers", [key["AccessKeyId"] for key in keys] == [row[3]])


def grant(actor: Actor) -> None:
    """Grant one more policy over HTTP, twice: the second time nothing changes."""
    actor.stage.step("Alice becomes an operator: grant over HTTP", "And the same request once more, as before.")
    before = actor.world.policies("alice")
    command = {"user": "alice", "policies": [FULL]}
    status, answer = actor.call("grant_policy", command, "msg_alice_operates")
    actor.stage.check("the function answers 200 granted", (status, answer.get("status")) == (200, "granted"))
    actor.follow("alice", before, [FULL, READ])
    status, answer = actor.call("grant_policy", command, "msg_alice_operates")
    actor.stage.check("the same request again is replayed", (status, answer.get("replayed")) == (200, True))


def refuse(actor: Actor) -> None:
    """Show two refusals: a wrong signature, and a policy that is not on the allow-list."""
    actor.stage.step("What is refused", "A signature by somebody else's secret, and a policy that nobody may hand out.")
    before = actor.world.policies("alice")
    status, answer = actor.call("grant_policy", {"user": "alice", "policies": [FULL]}, secret=webhook_secret())
    actor.stage.check("a wrong signature is 401 unauthorized", (status, answer["code"]) == (401, "unauthorized"))
    status, answer = actor.call("grant_policy", {"user": "alice", "policies": ["AdministratorAccess"]})
    actor.stage.check("that policy is 403 policy_not_allowed", (status, answer["code"]) == (403, "policy_not_allowed"))
    actor.follow("alice", before, before)


def expire(actor: Actor, created: Answer) -> None:
    """The link ends at the announced time. This scene is the last, because the functions' clocks do not follow the
    cloud's.
    """
    actor.stage.step(
        "Ten minutes later", "The local cloud's clock is moved to just before, then just after, the expiry."
    )
    link, clock = created["credentials"]["url"], actor.world.stack.cloud.clock
    clock.advance(seconds_left(created["credentials"]["expires_at"], clock.now()) - 5)
    status, _, _ = actor.world.fetch(link)
    actor.stage.check("five seconds before expires_at the link still works", status == 200)
    clock.advance(6)
    status, _, body = actor.world.fetch(link)
    actor.stage.say(f"<- one second after expires_at the link answers {status}", "bold green")
    actor.stage.tell(body.decode())
    actor.stage.check("the link is dead", status == 403)
