"""The settings that functions get from the local cloud: its addresses, and the secrets that it made for them."""

import base64
import hashlib
import secrets
from collections.abc import Mapping

from local.cloud import LocalCloud
from local.hr.systems import HrSystems
from local.mailbox import Mailbox
from local.receiver import Receiver

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
    """A SCIM token in the form of IM_ACCESS_SCIM_TOKENS: `<client>=sha256:<hex>`."""
    return f"{CLIENT}=sha256:{hashlib.sha256(token.encode()).hexdigest()}"


class FunctionSettings:
    """The settings of every function: those of the local cloud, overridden by the caller's own `env`."""

    def __init__(
        self, env: Mapping[str, str], cloud: LocalCloud, receiver: Receiver, mailbox: Mailbox, hr: HrSystems
    ) -> None:
        self.env = dict(env)
        self.scim_token = scim_token()
        self._generated_secret = webhook_secret()
        self._cloud, self._receiver, self._mailbox, self._hr = cloud, receiver, mailbox, hr

    def environment(self, gateway: str) -> dict[str, str]:
        """All settings. `gateway` is the gateway's address, or empty as long as its port is unknown."""
        return {
            "IM_ACCESS_BUCKET": self._cloud.bucket,
            "IM_ACCESS_REGION": self._cloud.region,
            "IM_ACCESS_API_ENDPOINT": self._cloud.api_url,
            "IM_ACCESS_COS_ENDPOINT": self._cloud.cos_url,
            "IM_ACCESS_WEBHOOK_SECRETS": self._generated_secret,
            **self.notifications,
            "IM_ACCESS_MAIL_URL": self._mailbox.url,
            "IM_ACCESS_MAIL_FROM": MAIL_FROM,
            "IM_ACCESS_SCIM_TOKENS": hashed(self.scim_token),
            **self._hr.settings(),
            **self._addresses_of(gateway),
            **self.env,
        }

    def _addresses_of(self, gateway: str) -> dict[str, str]:
        """The addresses at which people reach the page, and clients SCIM."""
        claim = self.env.get("IM_ACCESS_DELIVERY", "").strip().lower() == "claim"
        page = {"IM_ACCESS_CLAIM_URL": f"{gateway}/claim_credentials"} if claim else {}
        return {"IM_ACCESS_SCIM_URL": f"{gateway}/scim/v2", **page} if gateway else {}

    @property
    def notifications(self) -> dict[str, str]:
        """The built-in receiver of notifications, unless the caller's own settings name another."""
        if {"IM_ACCESS_NOTIFY_URL", "IM_ACCESS_NOTIFY_SECRET"} & self.env.keys():
            return {}
        return {"IM_ACCESS_NOTIFY_URL": self._receiver.url, "IM_ACCESS_NOTIFY_SECRET": self._receiver.secret}

    @property
    def webhook_secret(self) -> str:
        """The secret with which callers sign: the first one in the settings, without the caller's name before it."""
        secrets = self.env.get("IM_ACCESS_WEBHOOK_SECRETS", self._generated_secret)
        first = next(iter(secrets.split()), "")
        return first[first.find("whsec_") :] if "whsec_" in first else first
