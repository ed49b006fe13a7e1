"""The address of the web server."""

import errno
import socket

from .console import Refusal

DEFAULT_PORT = 8000
_TRIES = 50


def choose_port(host: str, wanted: int | None) -> int:
    """The wanted port, which must be free; without a wish, the first free one from the default on.

    Raises Refusal when there is none.
    """
    if wanted is not None:
        if not _is_free(host, wanted):
            raise Refusal(
                f"Port {wanted} is in use by another program: choose another, such as `make run PORT={wanted + 1}`."
            )
        return wanted
    for port in range(DEFAULT_PORT, DEFAULT_PORT + _TRIES):
        if _is_free(host, port):
            return port
    raise Refusal(
        f"The ports {DEFAULT_PORT} to {DEFAULT_PORT + _TRIES - 1} are all in use: "
        "name a free one, such as `make run PORT=9000`."
    )


def url_host(host: str) -> str:
    """The host as a browser on this machine reaches it."""
    if host in {"0.0.0.0", "::"}:
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _is_free(host: str, port: int) -> bool:
    if not 0 < port < 65536:
        raise Refusal(f"{port} is no port: choose one from 1024 to 65535.")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the web server does
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            return False
        raise Refusal(
            f"Nothing can listen on {host}, port {port} ({error.strerror}): choose others with "
            "`make run HOST=127.0.0.1 PORT=8000`."
        ) from error
    return True
