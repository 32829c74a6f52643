"""Computes how much work fits into a time limit, and how long a batch has to be retried. All times are in seconds."""

import math
from collections.abc import Iterator

from shared.operations import HR, OPERATIONS, PAGE, SWEEP
from shared.tencent.action_limiter import ActionLimiter
from shared.tencent.rate_limit import QUOTAS
from tools.deployment.trigger_schema import Consumer

LEAST = {**dict.fromkeys((*OPERATIONS, PAGE, HR), 15), SWEEP: 60}
"""The shortest time limits. A command may have to wait 6 for what a crashed attempt did, and a call takes up to 10."""
RATE = ActionLimiter(QUOTAS["AttachUserPolicy"]).top
"""Policies that a function attaches or detaches in a second: 9.7."""
ALONE = 0.2
"""Seconds that the calls of a single message take."""
POLICIES = 4
"""Policies of each message, for which there has to be time."""
RESERVE = 5
"""Before the time limit: nothing is begun any more."""
WAIT = 5
"""The longest that a single message may wait for others."""
OUTAGE = 60
"""Minutes of an outage that a batch outlasts at the least: it is skipped after its last retry, with nothing kept."""


def batch(messages: int, policies: int = POLICIES) -> float:
    """How long a batch takes, according to `docs/performance.md`, Batches."""
    return ALONE + messages * policies / RATE


def largest_batch(limit: int) -> int:
    """The largest batch that can be done within a time limit."""
    return max(0, math.floor((limit - RESERVE - ALONE) * RATE / POLICIES))


def least_retry(limit: int) -> int:
    """The fewest retries, one in each minute, that outlast an outage and the lease of a crashed attempt."""
    return max(OUTAGE, math.ceil((limit + RESERVE) / 60) + 1)


def time_limit(function: str, given: int | None) -> Iterator[str]:
    """The fault of a time limit that is too short for the function's work."""
    least = LEAST.get(function, 1)
    if given is not None and given < least:
        yield f"{function}: a time limit of {given} s is too short for its work: at least {least} s"


def consumer(given: Consumer, limit: int) -> Iterator[str]:
    """Compare batch, wait and retries of a ckafka trigger with the function's time limit."""
    messages = given.max_msg_num
    if messages > largest_batch(limit):
        yield (
            f"maxMsgNum {messages}: {messages} messages of {POLICIES} policies each take {batch(messages):.1f} s and"
            f" {RESERVE} s are kept in reserve, but the time limit is {limit} s: at most"
            f" {largest_batch(limit)} messages"
        )
    if given.timeout > WAIT:
        yield f"timeout {given.timeout}: a single message would wait {given.timeout} s for others: at most {WAIT} s"
    if given.retry < least_retry(limit):
        yield (
            f"retry {given.retry}: after {given.retry} minutes the batch is skipped, with nothing kept; a crashed"
            f" attempt blocks it for up to {limit + RESERVE} s, an outage for longer: at least {least_retry(limit)}"
        )
