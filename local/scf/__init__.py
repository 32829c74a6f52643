"""Functions run as Tencent Cloud SCF runs them: one process an instance, one event at a time.

`Function` is the way in; `Spec` says what runs; `InvokeResult` is what came of one invocation.
"""

from local.scf.function import Function
from local.scf.model import InvokeResult, LogLine, LogSink, Role, Spec

__all__ = ["Function", "InvokeResult", "LogLine", "LogSink", "Role", "Spec"]
