"""CLS's own API, as far as one looks at what is set up: the alarm policies."""

from local.cls_api.records import Alarm

__all__ = ["Alarm"]
