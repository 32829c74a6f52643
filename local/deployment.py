"""Deploys the functions of a checkout or of a package on this machine, with roles of the local cloud."""

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path

from local import roles
from local.cloud import LocalCloud
from local.scf import Function, LogSink, Role, Spec, discover
from local.scf.package import Deployed, deployed

REPOSITORY = Path(__file__).resolve().parent.parent


class Deployment:
    """The deployed functions, which `functions` holds by name after `start`.

    They come from `root` (a checkout's `functions/`, with the repository importable) or from `package` (the zip, or a
    folder with the same files). `role` returns a function's credentials, by default new ones of a role of its name.
    """

    def __init__(
        self,
        cloud: LocalCloud,
        root: Path | None,
        package: Path | None,
        log: LogSink,
        warn: Callable[[str], None],
        role: Callable[[str], Role] | None,
    ) -> None:
        self.functions: dict[str, Function] = {}
        self._cloud, self._log, self._warn = cloud, log, warn
        self._root, self._package = root or REPOSITORY / "functions", package
        self._role = role or self._fresh_role

    def start(self, environment: Mapping[str, str], starting: contextlib.ExitStack) -> None:
        """Deploy every function with these settings; `starting` learns how to stop.

        Raises `PackageError`, and `EnvironmentTooLargeError` when the settings are more than the 4 KB that SCF takes.
        """
        code = starting.enter_context(deployed(self._package)) if self._package else None
        if code and code.remark:
            self._warn(code.remark)
        starting.callback(self.stop)
        for name in discover.functions(code.root if code else self._root):
            spec = self._spec(name, environment, code)
            self.functions[name] = Function(spec, lambda name=name: self._role(name), self._log)  # type: ignore[misc]

    def configure(self, environment: Mapping[str, str]) -> None:
        """Replace the settings of every function; as on SCF, their instances start anew."""
        for function in self.functions.values():
            function.configure(environment)

    def stop(self) -> None:
        """Kill every running invocation, and end every instance."""
        for function in self.functions.values():
            function.stop()

    def _spec(self, name: str, environment: Mapping[str, str], code: Deployed | None) -> Spec:
        spec = Spec(
            name=name,
            roots=(self._root, REPOSITORY),
            environment=environment,
            region=self._cloud.region,
            appid=self._cloud.appid,
            uin=self._cloud.owner_uin,
        )
        return code.run(spec) if code else spec

    def _fresh_role(self, function: str) -> Role:
        policy = roles.document(function, self._cloud.region, self._cloud.bucket)
        return self._cloud.role_credentials(role=function, policy=policy)
