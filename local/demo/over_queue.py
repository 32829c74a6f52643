"""The scenes through the queue: revoke, a late event, create with a notification, a dead letter; and what COS
contains.
"""

import json
from datetime import timedelta

from local.demo.actor import FULL, READ, Actor, event


def revoke(actor: Actor) -> None:
    """Revoke the policy through the queue; an older grant that arrives later changes nothing."""
    actor.stage.step(
        "Alice changes teams: revoke through the queue",
        "One Kafka topic feeds every function of a command. The event's type says which of them it is for.",
    )
    before = actor.world.policies("alice")
    answers = actor.queue("revoke_policy", {"user": "alice", "policies": [FULL]})
    actor.stage.check("revoke_policy applied it", answers["revoke_policy"]["applied"] == 1)
    others = [answer["ignored"] for function, answer in answers.items() if function != "revoke_policy"]
    actor.stage.check("every other function ignored it", others == [1] * (len(answers) - 1))
    actor.follow("alice", before, [READ])
    actor.stage.tell("Now a grant arrives that was issued an hour before the revoke and got stuck somewhere:")
    late = event("grant_policy", {"user": "alice", "policies": [FULL]}, ago=timedelta(hours=1))
    status, answer = actor.call("grant_policy", late)
    outcomes = [row["outcome"] for row in answer["policies"]]
    actor.stage.check("the older event is superseded", (status, outcomes) == (200, ["superseded"]))
    actor.follow("alice", [READ], [READ])


def notify(actor: Actor) -> list[str]:
    """Create a user through the queue; the notification carries the link. Returns the row of the credentials file."""
    actor.stage.step(
        "Bob joins: create through the queue",
        "A queue has no caller to answer, and the platform logs what functions return. So the link travels in a signed",
        "notification to a webhook receiver, which stands here for the organisation's mail or chat system.",
    )
    before = actor.world.policies("bob")
    answers = actor.queue("create_user", {"user": "bob", "policies": [READ]})
    actor.stage.check("create_user applied it", answers["create_user"]["applied"] == 1)
    actor.stage.check(
        "its return value holds numbers only", all(type(n) is int for n in answers["create_user"].values())
    )
    actor.follow("bob", before, [READ])
    (event,) = actor.world.receiver.of("bob", "imaccess.user.created")
    actor.stage.answer("the receiver got, once, with a valid signature", event)
    row = actor.download(event["data"]["credentials"]["url"], "bob")
    events = [(one["type"], one["data"]["user"]["name"], one["data"]["status"]) for one in actor.world.receiver.events]
    actor.stage.table("Notifications so far", ("type", "user", "status"), events)
    actor.stage.check("one for each finished request, none for a repetition", len(events) == 5)
    actor.stage.check("every signature was valid", actor.world.receiver.refused == 0)
    return row


def park(actor: Actor) -> None:
    """Send a message that can never succeed: it becomes a dead letter and blocks no other."""
    actor.stage.step("A message that can never succeed", "It is kept as a dead letter, and the queue goes on.")
    answers = actor.queue("grant_policy", {"user": "alice", "policies": ["AdministratorAccess"]})
    actor.stage.check("grant_policy parked it", answers["grant_policy"]["parked"] == 1)
    letters = actor.world.stack.cloud.cos.list("dead-letters/").objects
    for letter in letters:
        actor.stage.answer(f"COS object {letter.key}", json.loads(letter.body))
    codes = [json.loads(letter.body)["code"] for letter in letters]
    actor.stage.check("its dead letter says why", codes == ["policy_not_allowed"])


def search(actor: Actor, row: list[str]) -> None:
    """Search the bucket for secrets: they are in the credentials files and nowhere else."""
    actor.stage.step("What is in the bucket", "All that the functions remember is in COS. There is no other store.")
    objects = actor.world.stack.cloud.cos.list().objects
    kinds = sorted({one.key.partition("/")[0] for one in objects})
    rows = [(f"{kind}/", str(sum(one.key.startswith(f"{kind}/") for one in objects))) for kind in kinds]
    actor.stage.table("Objects", ("prefix", "count"), rows)
    holding = {
        one.key.partition("/")[0] for one in objects if any(word.encode() in one.body for word in (row[2], row[4]))
    }
    actor.stage.check("Alice's password and SecretKey are below credentials/ alone", holding == {"credentials"})
    signed = [one.key for one in objects if b"q-signature" in one.body]
    actor.stage.check("no link is written down", not signed)
