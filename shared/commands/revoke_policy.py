"""The command that detaches policies; its result is `Revoked`."""

from shared.commands.command import PolicyCommand


class RevokePolicy(PolicyCommand):
    """Detach policies from a sub-user."""

    TYPE = "imaccess.policy.revoke"
    GIVES = False
