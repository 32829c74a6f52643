"""SCF's own API, as far as one looks at what is deployed: the triggers of each function."""

from local.scf_api.records import Trigger

__all__ = ["Trigger"]
