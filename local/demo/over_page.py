"""The scene at the credentials page: a scanner looks, a person picks the file up, and a second visitor learns that."""

import re

from local.demo.actor import READ, Actor
from local.scf.client import post


def hand_over(actor: Actor) -> None:
    """A scanner may follow the link without using it up; a person gets the file, once."""
    actor.stage.step(
        "Carol joins: a link that can be opened once",
        "Mail scanners and chat previews follow every link. With IM_ACCESS_DELIVERY=claim it leads to a page.",
    )
    actor.world.stack.configure({"IM_ACCESS_DELIVERY": "claim"})
    _, answer = actor.call("create_user", {"user": "carol", "policies": [READ]})
    link = answer["credentials"]["url"]
    for _ in range(2):
        status, _, page = actor.world.fetch(link)
    actor.stage.file(f"a scanner's GET is answered {status}", readable(page))
    actor.stage.check("looking twice hands nothing out", (status, b"AKID" in page) == (200, False))
    actor.stage.say(f"-> POST {link}", "bold yellow")
    claimed = post(link, b"", {})
    actor.stage.say(f"<- {claimed.status}, to a link that lives for 60 seconds", "bold green")
    actor.stage.check("the button redirects to the file", claimed.status == 303)
    actor.download(claimed.headers["location"], "carol")
    again = post(link, b"", {})
    actor.stage.file(f"the second claim is answered {again.status}", readable(again.body))
    actor.stage.check(
        "it says when and from where the file was opened", again.status == 410 and b"127.0.0.1" in again.body
    )
    kinds = [actor.world.receiver.of("carol", f"imaccess.credentials.{kind}") for kind in ("claimed", "refused")]
    actor.stage.answer("the receiver was told of the second claim", kinds[1][0])
    actor.stage.check("and of the first one", [len(events) for events in kinds] == [1, 1])
    actor.world.stack.configure({"IM_ACCESS_DELIVERY": "link"})


def readable(page: bytes) -> str:
    """The text of a page, a line for each element."""
    text = re.sub(r"<(style|title|svg).*?</\1>|<[^>]+>", "\n", page.decode(), flags=re.S)
    return "\n".join(f"   {line}" for line in text.splitlines() if line.strip())
