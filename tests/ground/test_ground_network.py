"""How long a call may take."""

from hypothesis import given
from hypothesis import strategies as st

from shared.cloud.budget import MARGIN, Budget
from shared.cloud.network import ANSWER_TIMEOUT, CONNECT_TIMEOUT, timeouts
from tests.processes import WorldClock


@given(left=st.floats(MARGIN, 900))
def test_a_call_ends_before_the_invocation(left: float) -> None:
    """A service that does not connect, or connects late and then does not answer, is given up in time."""
    clock = WorldClock(0.0)
    connect, answer = timeouts(Budget(clock, left))
    assert 0 < connect <= CONNECT_TIMEOUT
    assert 0 < answer <= ANSWER_TIMEOUT
    assert connect + answer <= left + 1e-9


@given(late=st.floats(0, 100))
def test_the_last_call_has_the_margin(late: float) -> None:
    """Whoever was let through at the last moment, or comes late from there, still has the margin's time."""
    clock = WorldClock(late)
    assert sum(timeouts(Budget(clock, MARGIN))) == MARGIN
