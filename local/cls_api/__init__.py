"""The part of CLS's API that lists alarm policies."""

from local.cls_api.records import Alarm

__all__ = ["Alarm"]
