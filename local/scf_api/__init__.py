"""The part of SCF's API that lists functions and their triggers."""

from local.scf_api.records import Trigger

__all__ = ["Trigger"]
