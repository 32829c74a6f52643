"""The questions of `im-access smoke`, which Tencent's documents leave open, in the order in which they can be asked."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cli.smoke_test import questions_cos as cos
from cli.smoke_test import questions_policies as policies
from cli.smoke_test import questions_users as users
from cli.smoke_test.trial import Trial


class Question(NamedTuple):
    """`id`: a stable word; `text`: the question; `ask`: a function that tries it out and returns what was seen."""

    id: str
    text: str
    ask: Callable[[Trial], str]


QUESTIONS = (
    Question("user_appears", "When does GetUser show a new user? Is the password told back?", users.user_appears),
    Question("name_in_use", "What is AddUser with a name that is taken answered?", users.name_in_use),
    Question("name_case", "Is a name in another case another name?", users.name_case),
    Question("keyword_rules", "Which keywords of ListPolicies find a policy?", policies.keyword_rules),
    Question("attach_again", "What is a repeated attach answered, and when is it listed?", policies.attach_again),
    Question("detach_again", "What is a repeated detach answered?", policies.detach_again),
    Question("key_appears", "When is a new key listed, and when does it work?", users.key_appears),
    Question("delete_with_key", "What is DeleteUser answered while there is a key?", users.delete_with_key),
    Question("key_switched_off", "How long does a key work after it was switched off?", users.key_switched_off),
    Question("active_key_deleted", "May a key that works be deleted? And again?", users.active_key_deleted),
    Question("login_closed", "What is closing console login answered, and how is it shown?", users.login_closed),
    Question("role_policies", "Does CAM take the documents of `policy build`?", policies.role_policies),
    Question("cam_zone", "In which zone are CAM's times?", users.cam_zone),
    Question("create_only", "What is a second create-only write answered?", cos.create_only),
    Question("create_only_together", "How many of 20 create-only writers at once win?", cos.create_only_together),
    Question("delete_missing", "What is deleting a missing object answered?", cos.delete_missing),
    Question("own_token", "Are these keys temporary, and for how long?", cos.own_token),
    Question("name_again", "Is the name of a deleted user free again?", users.name_again),
)
