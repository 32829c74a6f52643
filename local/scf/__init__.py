"""Runs functions as Tencent Cloud SCF does: one process for each instance, one event at a time.

`Function` is invoked, `Spec` describes what runs, and `InvokeResult` is the outcome of one invocation.
"""

from local.scf.function import Function
from local.scf.model import InvokeResult, LogLine, LogSink, Role, Spec

__all__ = ["Function", "InvokeResult", "LogLine", "LogSink", "Role", "Spec"]
