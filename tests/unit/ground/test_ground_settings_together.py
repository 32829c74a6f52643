"""Settings that need each other, or must not be the same; the refusal names the one to set."""

from __future__ import annotations

import base64

import pytest

from shared.errors import Misconfigured
from shared.secret import Secret
from shared.settings import Receiver, Settings
from tests.unit.ground.settings_values import KEY, LONG_KEY, MINIMAL, problem


def test_secrets_are_required_with_signatures_alone() -> None:
    """Secrets are required where requests are signed, and not where the platform authenticates."""
    env = MINIMAL | {"IM_ACCESS_WEBHOOK_SECRETS": ""}
    assert problem(env) == "IM_ACCESS_WEBHOOK_SECRETS is required with IM_ACCESS_HTTP_AUTH=signature"
    env["IM_ACCESS_HTTP_AUTH"] = "platform"
    assert not problem(env)
    assert Settings(env).webhook_secrets == ()


def test_the_page_has_an_address_where_links_lead_to_it() -> None:
    """Without one no link could be made; with the other delivery it is of no use and no harm."""
    env = MINIMAL | {"IM_ACCESS_DELIVERY": "claim"}
    assert problem(env) == "IM_ACCESS_CLAIM_URL is required with IM_ACCESS_DELIVERY=claim"
    assert not problem(env | {"IM_ACCESS_CLAIM_URL": "https://im.example.com"})
    assert not problem(MINIMAL | {"IM_ACCESS_CLAIM_URL": "https://im.example.com"})


def test_what_must_stand_together() -> None:
    """A URL needs its secret, and an answer without link needs the URL."""
    url = {"IM_ACCESS_NOTIFY_URL": "https://hooks.example.com"}
    secret = {"IM_ACCESS_NOTIFY_SECRET": LONG_KEY}
    no_link = {"IM_ACCESS_ANSWER_LINK": "no"}
    assert problem(MINIMAL | url) == "IM_ACCESS_NOTIFY_SECRET is required with IM_ACCESS_NOTIFY_URL"
    assert problem(MINIMAL | no_link) == "IM_ACCESS_NOTIFY_URL is required with IM_ACCESS_ANSWER_LINK=no"
    assert not problem(MINIMAL | url | secret | no_link)
    assert not problem(MINIMAL | secret)
    mail = {"IM_ACCESS_MAIL_URL": "smtps://mail.example.com"}
    assert problem(MINIMAL | mail) == "IM_ACCESS_MAIL_FROM is required with IM_ACCESS_MAIL_URL"
    assert not problem(MINIMAL | mail | {"IM_ACCESS_MAIL_FROM": "access@example.com"})


def test_the_receiver_has_no_callers_secret() -> None:
    """A receiver could sign commands with it; whatever the secret's spelling, and whoever of the callers has it."""
    url = {"IM_ACCESS_NOTIFY_URL": "https://hooks.example.com"}
    spelled = "whsec_" + base64.b64encode(bytes(range(32))).decode()[:-2] + "9="
    assert base64.b64decode(spelled[6:]) == bytes(range(32))
    same = "whsec_" + base64.b64encode(bytes(range(32))).decode()
    for callers in (same, f"{KEY} hr={same}"):
        for secret in (same, spelled):
            env = MINIMAL | url | {"IM_ACCESS_WEBHOOK_SECRETS": callers, "IM_ACCESS_NOTIFY_SECRET": secret}
            assert problem(env) == "IM_ACCESS_NOTIFY_SECRET is one of IM_ACCESS_WEBHOOK_SECRETS"
            with pytest.raises(Misconfigured):
                _ = Settings(env).receiver


def test_the_receiver_and_the_page_are_asked_for_in_one_place() -> None:
    """Whoever tells somebody or makes a link has what both need, or the refusal."""
    url = {"IM_ACCESS_NOTIFY_URL": "https://hooks.example.com"}
    assert Settings(MINIMAL).receiver is None
    assert Settings(MINIMAL | {"IM_ACCESS_NOTIFY_SECRET": LONG_KEY}).receiver is None
    told = Settings(MINIMAL | url | {"IM_ACCESS_NOTIFY_SECRET": LONG_KEY}).receiver
    assert told == Receiver("https://hooks.example.com", Secret(LONG_KEY))
    with pytest.raises(Misconfigured, match="IM_ACCESS_NOTIFY_SECRET is required"):
        _ = Settings(MINIMAL | url).receiver
    page = {"IM_ACCESS_CLAIM_URL": "https://im.example.com"}
    assert Settings(page).page is None
    assert Settings(page | {"IM_ACCESS_DELIVERY": "claim"}).page == "https://im.example.com"
    with pytest.raises(Misconfigured, match="IM_ACCESS_CLAIM_URL is required"):
        _ = Settings({"IM_ACCESS_DELIVERY": "claim"}).page
