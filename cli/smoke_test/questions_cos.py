"""Questions to COS, STS and a Function URL. Each function asks one question and returns what was seen, in a line."""

from __future__ import annotations

import threading

from cli.smoke_test.trial import OBJECTS, Trial
from shared.tencent.http import Call, limits

_WRITERS = 20


def create_only(trial: Trial) -> str:
    """The answer to a second write with x-cos-forbid-overwrite, and to one with If-None-Match alone."""
    key = f"{OBJECTS}{trial.name}/once"
    trial.made.append(("object", key))
    first = trial.put(key, b"1", x_cos_forbid_overwrite="true")
    second = trial.put(key, b"2", x_cos_forbid_overwrite="true")
    return f"first: {first}, second: {second}, If-None-Match: {trial.put(key, b'3', if_none_match='*')}"


def create_only_together(trial: Trial) -> str:
    """How many of several simultaneous writers succeed."""
    key = f"{OBJECTS}{trial.name}/together"
    trial.made.append(("object", key))
    answers: list[str] = []

    def write(place: int) -> None:
        answers.append(trial.put(key, str(place).encode(), x_cos_forbid_overwrite="true"))

    threads = [threading.Thread(target=write, args=(place,)) for place in range(_WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ", ".join(f"{answers.count(one)} times {one}" for one in sorted(set(answers)))


def delete_missing(trial: Trial) -> str:
    """The answer to deleting an object that does not exist."""
    answer = trial.bucket.call("DeleteObject", "DELETE", f"{OBJECTS}{trial.name}/never")
    return str(answer.status)


def own_token(trial: Trial) -> str:
    """Whether the caller's own keys are temporary. No call tells how long a function's keys are valid."""
    temporary = bool(trial.container.credentials().token)
    return "temporary" if temporary else "permanent; a role's can be seen by a function alone"


def patch_arrives(trial: Trial, url: str) -> str:
    """Whether a Function URL lets PATCH through to the function."""
    call = Call("PATCH", "PATCH", f"{url.rstrip('/')}/Users/none", {"content-type": "application/scim+json"}, b"{}")
    answer = trial.container.instance.http.send(call, limits(trial.container.deadline()))
    return f"{answer.status}; WWW-Authenticate {'is there' if 'www-authenticate' in answer.headers else 'is not there'}"
