"""A create with an address brings the person a mail with the page's link, through the outbox where it must wait."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from local.mailbox import Mailbox
from tests.world import READ, World

PAGE = "https://page.example/claim"


@pytest.fixture
def mailbox(world: World) -> Iterator[Mailbox]:
    """A mail server that the functions hand their mails to."""
    box = Mailbox()
    box.start()
    world.env |= {
        "IM_ACCESS_DELIVERY": "claim",
        "IM_ACCESS_CLAIM_URL": PAGE,
        "IM_ACCESS_MAIL_URL": box.url,
        "IM_ACCESS_MAIL_FROM": "access@example.com",
        "IM_ACCESS_ORGANISATION": "Example 有限公司",
    }
    yield box
    box.stop()


def create(world: World, **fields: Any) -> int:  # noqa: ANN401 - JSON values
    """Create alice; the status of the answer."""
    command = {"user": "alice", "policies": [READ], "email": "alice@example.com", **fields}
    return world.invoke("create_user", world.http("create_user", command, id="1")).status


def test_a_person_gets_the_link_by_mail(world: World, mailbox: Mailbox) -> None:
    """One mail, to the command's address, whose link opens the page; nothing else of the credentials is in it."""
    assert create(world) == 201
    (mail,) = mailbox.mails
    assert mail.recipients == ("alice@example.com",)
    text = str(mail.shown()["text"])
    (link,) = set(re.findall(rf"{PAGE}/\S+", text))
    assert world.invoke("claim_credentials", world.visit("GET", link)).status == 200
    key = world.cloud.cam.keys_of("alice")[0]
    assert key.access_key_id not in mail.raw.decode()
    assert key.secret_key not in mail.raw.decode()


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [("en", "What to do", "接下来"), ("zh", "接下来", "What to do"), (None, "接下来", "What")],
)
def test_a_mail_says_whose_it_is_in_the_persons_language(
    world: World, mailbox: Mailbox, language: str | None, first: str, second: str
) -> None:
    """The organisation leads, in the sender too; the language comes first in subject and text; whom to ask, last."""
    world.env["IM_ACCESS_CONTACT"] = "mailto:it@example.com"
    assert create(world, language=language) == 201
    shown = mailbox.mails[0].shown()
    assert shown["from"] == "Example 有限公司 <access@example.com>"
    assert str(shown["subject"]).startswith("Example 有限公司: " + ("Your" if language == "en" else "您的"))
    for part in (str(shown["text"]), str(shown["html"])):
        assert part.index("Example 有限公司") < part.index(first) < part.index(second) < part.rindex("it@example.com")


def test_a_mail_that_must_wait_is_sent_by_the_sweep(world: World, mailbox: Mailbox) -> None:
    """The create succeeds, the mail waits; the receiver of notifications, who is well, is told at once."""
    mailbox.failure = "451 try again later"
    assert create(world) == 201
    assert world.receiver.types() == ["imaccess.user.created"]
    assert not mailbox.mails
    waiting = [body.body for key, body in world.cloud.cos.objects.items() if key.startswith("outbox/")]
    assert len(waiting) == 1
    assert PAGE.encode() not in waiting[0]
    mailbox.failure = ""
    world.sweep_outbox()
    (mail,) = mailbox.mails
    assert str(mail.shown()["message_id"]).endswith("@example.com>")


def test_a_mail_and_a_notification_may_both_wait(world: World, mailbox: Mailbox) -> None:
    """Neither takes the place of the other: the person and the organisation are told, each with a link that works."""
    mailbox.failure, world.receiver.down = "451 try again later", True
    assert create(world) == 201
    assert len([key for key in world.cloud.cos.objects.data if key.startswith("outbox/")]) == 2
    mailbox.failure, world.receiver.down = "", False
    world.sweep_outbox()
    assert (world.receiver.types(), len(mailbox.mails)) == (["imaccess.user.created"], 1)
    links = set(re.findall(rf"{PAGE}/\S+", str(mailbox.mails[0].shown()["text"])))
    links.add(world.receiver.about("alice")[0][1]["data"]["credentials"]["url"])
    assert {world.invoke("claim_credentials", world.visit("GET", link)).status for link in links} == {200}


def test_a_late_mail_leads_to_credentials_that_work(world: World, mailbox: Mailbox) -> None:
    """Where the mail alone carries the link and the file is gone before it can be sent: one mail, to fresh credentials,
    and what was lost works no more.
    """
    del world.env["IM_ACCESS_NOTIFY_URL"]
    mailbox.failure = "451 try again later"
    assert create(world) == 201
    (lost,) = world.cloud.cam.keys_of("alice")
    for file in [key for key in world.cloud.cos.objects.data if key.startswith("credentials/")]:
        world.cloud.cos.delete(file)
    mailbox.failure = ""
    world.sweep_outbox()
    (mail,) = mailbox.mails
    assert mail.recipients == ("alice@example.com",)
    (link,) = set(re.findall(rf"{PAGE}/\S+", str(mail.shown()["text"])))
    assert world.invoke("claim_credentials", world.visit("POST", link)).status == 303
    (key,) = world.cloud.cam.keys_of("alice")
    assert (key.status, key.access_key_id != lost.access_key_id) == ("Active", True)
    world.clock.advance(1200)
    world.invoke("sweep", world.timer())
    assert len(mailbox.mails) == 1


def test_a_mail_that_is_refused_for_good_fails_no_create(world: World, mailbox: Mailbox) -> None:
    """It is tried for three days, and is a dead letter then; nobody else waits for it."""
    mailbox.failure = "550 no such person"
    assert create(world) == 201
    world.clock.advance(73 * 3600)
    world.invoke("sweep", world.timer())
    keys = list(world.cloud.cos.objects.data)
    assert [key for key in keys if key.startswith("dead-letters/sweep/")]
    assert not [key for key in keys if key.startswith("outbox/")]


def test_without_an_address_or_a_page_there_is_no_mail(world: World, mailbox: Mailbox) -> None:
    """A mail needs somebody to go to, and only links of the page are mailed."""
    assert create(world, email=None) == 201
    command = {"user": "bob", "policies": [READ]}
    assert world.invoke("create_user", world.http("create_user", command, id="2")).status == 201
    del world.env["IM_ACCESS_DELIVERY"]
    command = {"user": "carol", "policies": [READ], "email": "carol@example.com"}
    assert world.invoke("create_user", world.http("create_user", command, id="3")).status == 201
    assert not mailbox.mails


@pytest.mark.parametrize(("email", "parked"), [("alice", 1), ("alice@例子.公司", 0)])
def test_from_a_queue_an_address_that_is_none_reaches_nobody(
    world: World, mailbox: Mailbox, email: str, parked: int
) -> None:
    """Where mail alone could carry the link, nobody is made whom it could not reach."""
    del world.env["IM_ACCESS_NOTIFY_URL"]
    command = {"user": "alice", "policies": [READ], "email": email}
    counts = world.invoke("create_user", world.kafka(world.envelope("create_user", command, id="1"))).body
    assert (counts["parked"], len(mailbox.mails), len(world.cloud.cam.users.data)) == (parked, 1 - parked, 1 - parked)
