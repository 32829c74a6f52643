"""Settings of the emulated CAM: its behaviour where the documentation leaves it open, and its quotas."""

from dataclasses import dataclass


@dataclass
class Settings:
    """How CAM behaves where its documentation leaves it open, and how strict it is. ``reset`` restores the defaults.

    Attributes:
        lag: seconds by which Get, List and Describe are behind; writes are not.
        lag_on_attach: whether attach and detach lag too, and miss a user just created.
        strict_detach: whether detaching what is not attached is ``ResourceNotFound.PolicyIdNotFound``.
        spelling: how attach and detach say "not found": ``ResourceNotFound`` or ``InvalidParameter``.
        echo_password: whether AddUser returns a password that the caller supplied.
        enforce_rates: whether each action's requests per second are limited as documented.
        creations_per_day: how many AddUser succeed in 24 hours; 10 on an unverified account, None is no limit.
        inactive_before_delete: whether only an inactive key can be deleted, as the console has it.
        two_rows: whether ListAttachedUserAllPolicies has two rows for a policy held directly and through a group.
        users_limit, keys_limit, attachments_limit, policies_limit, groups_limit, groups_of_user_limit,
            users_of_group_limit: quotas.
    """

    lag: float = 0.0
    lag_on_attach: bool = False
    strict_detach: bool = False
    spelling: str = "ResourceNotFound"
    echo_password: bool = False
    enforce_rates: bool = False
    creations_per_day: int | None = None
    inactive_before_delete: bool = False
    two_rows: bool = False
    users_limit: int = 1000
    keys_limit: int = 2
    attachments_limit: int = 200
    policies_limit: int = 1500
    groups_limit: int = 300
    groups_of_user_limit: int = 10
    users_of_group_limit: int = 100
