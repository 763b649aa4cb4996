"""Ports and sockets of the server itself: 127.0.0.1 and UNIX sockets below ~/.tandem, nothing else."""

import base64
import http.client
import os
import socket
from typing import Any, Dict, Optional

from . import paths
from .wire import AgentError

_MAX_BODY = 2 * 1024 * 1024
_MAX_TEXT = 2 * 1024 * 1024
_ROUTER_TIMEOUT_S = 10.0


def is_free(port: int) -> Optional[int]:
    """The port (a fresh one for 0) if a server could listen on it now, else None."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: a port in TIME_WAIT is free, one that is listened on is not.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
            probe.listen(1)
        except OSError:
            return None
        return int(probe.getsockname()[1])


def port_free(request: Any) -> Dict[str, Any]:
    """port.free: a free port, or whether the given one is."""
    wanted = request.integer("port", 0)
    if not 0 <= wanted <= 65535:
        raise request.refuse("'port' must be between 0 and 65535")
    found = is_free(wanted)
    return {"port": wanted if found is None else found, "free": found is not None}


def _ask(request: Any, method: str, body: Optional[bytes], headers: Dict[str, str]) -> Dict[str, Any]:
    path = request.text("path")
    if not path.startswith("/") or any(ord(each) <= 32 or ord(each) == 127 for each in path):
        raise request.refuse("'path' must begin with / and hold no blanks")
    connection = http.client.HTTPConnection(
        "127.0.0.1", request.integer("port"), timeout=min(300.0, request.number("timeout_s", 5.0))
    )
    try:
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        content = answer.read(_MAX_BODY)
    except (OSError, http.client.HTTPException) as error:
        raise AgentError(
            "agent.failed", reason="127.0.0.1:%d: %s" % (request.integer("port"), error)
        ) from error
    finally:
        connection.close()
    return {"status": answer.status, "body_b64": base64.b64encode(content).decode("ascii")}


def http_get(request: Any) -> Dict[str, Any]:
    """http.get: a readiness probe."""
    return _ask(request, "GET", None, {})


def http_post(request: Any) -> Dict[str, Any]:
    """http.post: a smoke test of a replica."""
    body = base64.b64decode(request.text("body_b64", ""))
    return _ask(request, "POST", body, {"Content-Type": request.text("content_type", "application/json")})


def router_command(request: Any) -> Dict[str, Any]:
    """router.command: one line to HAProxy's socket and its whole answer."""
    path = paths.confined(request.text("socket"))
    command = request.text("command")
    if "\n" in command or "\r" in command:
        raise request.refuse("'command' must be one line")
    received = []
    size = 0
    folder = None
    try:
        folder = os.open(paths.raw(os.path.dirname(path)), os.O_RDONLY)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as link:
            link.settimeout(_ROUTER_TIMEOUT_S)
            # Through the descriptor: a UNIX socket's own path may not be longer than 107 bytes.
            link.connect("/proc/self/fd/%d/%s" % (folder, os.path.basename(path)))
            link.sendall(command.encode("utf-8") + b"\n")
            while size < _MAX_TEXT:
                data = link.recv(65536)
                if not data:
                    break
                received.append(data)
                size += len(data)
    except OSError as error:
        raise AgentError(
            "deploy.router", reason="%s: %s" % (os.path.basename(path), error.strerror or error)
        ) from error
    finally:
        if folder is not None:
            os.close(folder)
    return {"text": b"".join(received).decode("utf-8", "replace")}
