"""The emulated cloud's time: real time plus an offset that tests move."""

import time
from datetime import datetime, timedelta, timezone
from functools import lru_cache

CHINA = timezone(timedelta(hours=8))


class Clock:
    """Seconds since the epoch, as the emulated cloud sees them."""

    def __init__(self) -> None:
        self._offset = 0.0

    def now(self) -> float:
        """The cloud's present moment."""
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Move the cloud forward; a negative number moves it back."""
        self._offset += seconds


class FrozenClock(Clock):
    """A clock that stands still until it is advanced."""

    def __init__(self, at: float) -> None:
        super().__init__()
        self._at = at

    def now(self) -> float:
        """The moment at which it was stopped, plus every advance since then."""
        return self._at + self._offset


def china_time(at: float) -> str:
    """A time as CAM writes it, ``YYYY-MM-DD hh:mm:ss``, in China's time zone, which is not written."""
    return in_china(int(at))


@lru_cache(maxsize=4096)
def in_china(second: int) -> str:
    """A whole second in China's time zone; cached, because one list of policies has hundreds of times."""
    return datetime.fromtimestamp(second, CHINA).strftime("%Y-%m-%d %H:%M:%S")


def iso_time(at: float) -> str:
    """A time as COS writes it in lists, ``YYYY-MM-DDThh:mm:ss.000Z``."""
    return datetime.fromtimestamp(at, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
