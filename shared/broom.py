"""The sweep's function from the outside, composed for one invocation."""

from __future__ import annotations

import os
from typing import Any, cast

from shared.clock import SystemClock
from shared.credentials.pick_up_attempts import PickUpAttempts
from shared.deadline import Deadline
from shared.delivering import teller
from shared.entrypoints import timer
from shared.invocation import Invocation
from shared.site import instance
from shared.tencent.cam import Cam
from shared.use_cases.disable_unclaimed import DisableUnclaimed
from shared.use_cases.sweep_unclaimed import Mode, Rules, Sweep


def run(function: str, event: Any, context: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever the platform passes
    """One invocation of a function that a timer starts."""
    return timer.handle(event, Broom(function, context, os.environ, instance(), SystemClock()))


class Broom(Invocation):
    """The function that a timer starts."""

    def run(self, key: str) -> dict[str, int]:
        """One sweep; `key` names it. Raises Unavailable, CloudError, Misconfigured."""
        settings, site = self.settings, self._site()
        rules = Rules(cast("Mode", settings.sweep), settings.unclaimed_hours, settings.sweep_limit, key)
        deadline = Deadline(self.clock, self._ends_at)
        cos, api = site.cos(deadline), site.api(deadline)
        site.check_bucket(cos)
        tell = teller(site)
        closing = DisableUnclaimed(Cam(api), site.guard(lambda: site.own_uin(api)))
        return Sweep(cos, self.clock, PickUpAttempts(cos, self.clock, tell), tell, closing.close, self).run(rules)
