"""How credentials reach the people of an identity provider: by the organisation, by mail, or they are not made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from local.mailbox import Mailbox
from tests.system.scim.client import Provider
from tests.world import World


@pytest.fixture
def okta(world: World) -> Provider:
    """A client, where nobody but people is told."""
    world.reset()
    for name in ("IM_ACCESS_NOTIFY_URL", "IM_ACCESS_NOTIFY_SECRET"):
        del world.env[name]
    return Provider(world)


@pytest.fixture
def mailbox(okta: Provider) -> Iterator[Mailbox]:
    """Its mail server."""
    box = Mailbox()
    box.start()
    page, server = {"IM_ACCESS_CLAIM_URL": "https://page.example/claim"}, {"IM_ACCESS_MAIL_URL": box.url}
    okta.world.env |= page | server | {"IM_ACCESS_DELIVERY": "claim", "IM_ACCESS_MAIL_FROM": "access@example.com"}
    yield box
    box.stop()


def told(mailbox: Mailbox) -> tuple[str, bool]:
    """To whom the newest mail went, and whether Chinese comes first in it."""
    mail = mailbox.mails[-1]
    text = str(mail.shown()["text"])
    first = next(char for char in text if char.isalpha())
    return mail.recipients[0], not first.isascii()


def test_credentials_are_mailed(okta: Provider, mailbox: Mailbox) -> None:
    """To the primary address, else that for work, else the first; in the person's language; at each return."""
    work = {"value": "w@x.example", "type": "work"}
    home, primary = {"value": "h@x.example"}, {"value": "p@x.example", "primary": True}
    made = okta.user("alice", emails=[work, primary, home], preferredLanguage="zh-CN")
    assert told(mailbox) == ("p@x.example", True)
    okta.user("bob", emails=[home, work], locale="en-US")
    assert told(mailbox) == ("w@x.example", False)
    okta.user("carol", emails=[home], preferredLanguage="en", locale="zh")
    assert told(mailbox) == ("h@x.example", False)
    okta.world.clock.advance(120)
    path = f"/Users/{made['id']}"
    okta.patch(path, {"op": "replace", "value": {"active": False}})
    okta.world.clock.advance(120)
    okta.patch(path, {"op": "replace", "value": {"active": True, "emails": [home]}})
    assert told(mailbox) == ("h@x.example", True)
    assert len(mailbox.mails) == 4


@pytest.mark.parametrize("emails", [[], [{"value": "no address"}], [{"value": "x" * 100 + "@x.example"}]])
def test_without_an_address_nobody_is_made(okta: Provider, mailbox: Mailbox, emails: list[Any]) -> None:
    """Credentials that could reach nobody are not made, and nobody is opened again: the client learns that at once."""
    kept = okta.user("bob", active=False)
    for method, path, body in (
        ("POST", "/Users", {"userName": "alice", "emails": emails}),
        ("PUT", f"/Users/{kept['id']}", {"userName": "bob", "active": True, "emails": emails}),
    ):
        assert okta.ask(method, path, body).status == 500
    assert not okta.world.cloud.cam.users
    assert okta.done("GET", "/Users")["totalResults"] == 1
    assert okta.done("GET", f"/Users/{kept['id']}") == kept
    assert not mailbox.mails
    assert okta.due() == []
