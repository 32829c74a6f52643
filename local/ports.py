"""Checks that the ports of the local cloud are free."""

import socket


class PortInUseError(Exception):
    """A port that the local cloud needs is taken by another process."""

    def __init__(self, port: int) -> None:
        super().__init__(f"port {port} is in use")
        self.port = port


def require_free(port: int) -> None:
    """Raise `PortInUseError` unless the port is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise PortInUseError(port) from None
