"""Start the server of the page, on this machine only and without telemetry."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from importlib.util import find_spec

HOST = "127.0.0.1"
PAGE = "insulattice.runs.app"


class NoServer(RuntimeError):
    """The page cannot be served; the message says what to do."""


def serve_page(port: int, open_page: bool) -> None:
    """Become the server of the page; does not return.

    Raises
    ------
    NoServer
        If a package is missing or the port is taken.
    """
    missing = [name for name in ("solara", "mesa") if find_spec(name) is None]
    if missing:
        raise NoServer(f"{missing[0]} is not installed; install it with: pip install 'insulattice[serve]'")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise NoServer(
                f"port {port} cannot be used ({error.strerror}); give another with --port"
            ) from None
    command = serve_command(port, open_page)
    environment = os.environ | {"SOLARA_TELEMETRY_MIXPANEL_ENABLE": "false"}
    if os.name == "posix":
        os.execve(command[0], command, environment)  # the server then gets our signals
    sys.exit(subprocess.run(command, env=environment).returncode)


def serve_command(port: int, open_page: bool) -> list[str]:
    """Return the command line of the server."""
    opening = "--open" if open_page else "--no-open"
    return [
        sys.executable,
        "-m",
        "solara",
        "run",
        PAGE,
        "--production",
        "--no-check-version",
        "--host",
        HOST,
        "--port",
        str(port),
        opening,
    ]
