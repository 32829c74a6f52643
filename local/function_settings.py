"""The settings that functions get of the local cloud: where its parts are, and the secrets it made for them."""

import base64
import hashlib
import secrets
from collections.abc import Mapping

from local.cloud import LocalCloud
from local.mailbox import Mailbox
from local.receiver import Receiver

NOT_YET_KNOWN: frozenset[str] = frozenset()
"""Settings that the functions do not know yet, so that they are not given to them.

The one place to switch them on: take a name out of here once the functions' table of settings has it. A test compares.
"""
MAIL_FROM = "im-access@localhost.localdomain"
CLIENT = "local"
"""The name of the one SCIM client."""


def webhook_secret() -> str:
    """A new secret for Standard Webhooks: `whsec_` and 32 random bytes in base64."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def scim_token() -> str:
    """A new bearer token for a SCIM client."""
    return secrets.token_urlsafe(32)


def hashed(token: str) -> str:
    """A SCIM token as IM_ACCESS_SCIM_TOKENS has it: `<client>=sha256:<hex>`."""
    return f"{CLIENT}=sha256:{hashlib.sha256(token.encode()).hexdigest()}"


def whereabouts(cloud: LocalCloud) -> dict[str, str]:
    """Where CAM, STS and the bucket are."""
    return {
        "IM_ACCESS_BUCKET": cloud.bucket,
        "IM_ACCESS_REGION": cloud.region,
        "IM_ACCESS_API_ENDPOINT": cloud.api_url,
        "IM_ACCESS_COS_ENDPOINT": cloud.cos_url,
    }


def notifications(receiver: Receiver, own: Mapping[str, str]) -> dict[str, str]:
    """The built-in receiver of notifications, unless the caller's own settings say where they go."""
    if {"IM_ACCESS_NOTIFY_URL", "IM_ACCESS_NOTIFY_SECRET"} & own.keys():
        return {}
    return {"IM_ACCESS_NOTIFY_URL": receiver.url, "IM_ACCESS_NOTIFY_SECRET": receiver.secret}


def extras(mailbox: Mailbox, token: str, gateway: str) -> dict[str, str]:
    """The mailbox, the SCIM client and the address that it has, as far as the functions know such settings.

    `gateway` is empty as long as it is not known where it will listen.
    """
    prepared = {
        "IM_ACCESS_MAIL_URL": mailbox.url,
        "IM_ACCESS_MAIL_FROM": MAIL_FROM,
        "IM_ACCESS_SCIM_TOKENS": hashed(token),
    }
    if gateway:
        prepared["IM_ACCESS_SCIM_URL"] = f"{gateway}/scim/v2"
    return {name: value for name, value in prepared.items() if name not in NOT_YET_KNOWN}
