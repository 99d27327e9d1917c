"""The sockets that `up` binds itself, so that its ports are known early and a gateway's restart refuses nobody."""

from __future__ import annotations

import errno
import socket

from channels.errors import Problem
from router.runtime.tcp_ports import in_use

BACKLOG = 512


class CannotListen(Problem):
    """An address can't be listened on."""


def listen(host: str, port: int, option: str) -> socket.socket:
    """A socket that takes connections from now on; they wait until somebody accepts. port 0: any free one.

    Raises PortInUse, naming `option`, or CannotListen.
    """
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise CannotListen(f"{host} is no address of this machine.") from None
    bound = socket.socket(family, kind)
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(BACKLOG)
    except OSError as error:
        bound.close()
        if error.errno == errno.EADDRINUSE:
            raise in_use(port, option) from None
        if error.errno == errno.EACCES:
            raise CannotListen(f"port {port} needs more rights than we have; choose another with {option}.") from None
        raise CannotListen(f"can't listen on {host}:{port}: {error.strerror}.") from None
    return bound


def address_of(bound: socket.socket) -> str:
    """`host:port` for clients on this machine, in brackets for IPv6; an address for all is told as loopback."""
    host, port = bound.getsockname()[:2]
    told = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"[{told}]:{port}" if ":" in told else f"{told}:{port}"
