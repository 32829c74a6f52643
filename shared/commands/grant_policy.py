"""The command that attaches policies; its result is `Changed`."""

from shared.commands.command import PolicyCommand
from shared.commands.fields import Until


class GrantPolicy(PolicyCommand):
    """Attach policies to an existing sub-user; `until`: detach them at that time."""

    TYPE = "imaccess.policy.grant"

    until: Until | None = None
