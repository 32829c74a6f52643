"""The sweep's function from the outside, composed for one invocation."""

from __future__ import annotations

from typing import cast

from shared.access.closing import Closing
from shared.access.housekeeping import Housekeeping
from shared.access.sweep import Mode, Rules, Sweep
from shared.cloud.budget import Budget
from shared.cloud.cam import Cam
from shared.delivering import teller
from shared.invocation import Invocation


class Broom(Invocation):
    """The function that a timer starts."""

    def run(self, key: str) -> dict[str, int]:
        """One sweep; `key` names it. Raises Unavailable, CloudError, Misconfigured."""
        settings, site = self.settings, self._site()
        rules = Rules(cast("Mode", settings.sweep), settings.unclaimed_hours, settings.sweep_limit, key)
        budget = Budget(self.clock, self._deadline)
        cos, api = site.cos(budget), site.api(budget)
        site.check_bucket(cos)
        tell = teller(site)
        closing = Closing(Cam(api), site.guard(lambda: site.own_uin(api)))
        return Sweep(cos, self.clock, Housekeeping(cos, self.clock, tell), tell, closing.close, self).run(rules)
