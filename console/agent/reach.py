"""carry.facts, carry.listen, carry.reach: which servers reach which, tried before a copy is planned.

What is tried here is what the copy does later, with the same kind of certificates and tokens.
"""

import contextlib
import fcntl
import os
import socket
import struct
import threading
import time
from typing import Any, Dict, List, Tuple

from . import paths, procs

_MOST = 8
_MOST_AT_ONCE = 64
_SIOCGIFADDR = 0x8915


def _own_addresses() -> "List[str]":
    """This machine's addresses, the one that the console came by first; loopback left out."""
    words = os.environ.get("SSH_CONNECTION", "").split()
    found = [words[2]] if len(words) == 4 else []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            request = struct.pack("256s", name.encode("utf-8", "surrogateescape")[:15])
            with contextlib.suppress(OSError):  # an interface without an address
                found.append(socket.inet_ntoa(fcntl.ioctl(probe.fileno(), _SIOCGIFADDR, request)[20:24]))
    with contextlib.suppress(OSError):
        with open("/proc/net/if_inet6") as stream:
            for line in stream:
                fields = line.split()
                if len(fields) == 6 and fields[3] == "00":  # global ones
                    found.append(socket.inet_ntop(socket.AF_INET6, bytes.fromhex(fields[0])))
    kept = [each for each in dict.fromkeys(found) if not each.startswith("127.") and each != "::1"]
    return kept[:_MOST]


def facts(_request: Any) -> Dict[str, Any]:
    """carry.facts: our addresses and HOME, whether this Python speaks TLS, which machine this is."""
    try:
        import ssl

        tls = getattr(ssl, "OPENSSL_VERSION", "")
    except ImportError:
        tls = ""
    return {
        "addresses": _own_addresses(),
        "tls": tls,
        "boot_id": procs.boot_id(),
        "home": paths.home_folder(),
    }


def _identity(request: Any, peers: "List[Dict[str, Any]]") -> "Tuple[Any, Dict[str, str]]":
    from .peers import Identity

    certificates = {str(each["name"]): str(each["certificate"]) for each in peers}
    secrets = {str(each["name"]): str(each["secret"]) for each in peers}
    return Identity(request.text("certificate"), request.text("key"), certificates), secrets


def listen(request: Any) -> Dict[str, Any]:
    """carry.listen: be there for the peers until cancelled, at most half a minute."""
    from .peers import Listener, SocketPipe

    arrived: "List[str]" = []

    def take(name: str, line: SocketPipe) -> None:
        arrived.append(name)
        line.close()

    identity, secrets = _identity(request, list(request.params.get("peers") or []))
    toward = [str(each) for each in request.params.get("toward") or []]
    listener = Listener(identity, secrets, toward, take)
    try:
        listener.open()
        request.event({"addresses": [list(each) for each in listener.addresses]})
        request.cancelled.wait(min(30.0, request.number("seconds", 30.0)))
    finally:
        listener.close()
    return {"arrived": arrived, "refused": listener.refused}


def reach(request: Any) -> Dict[str, Any]:
    """carry.reach: try every address of every peer at once; the one that leads there, or why none."""
    from .copier import Gone
    from .peers import Dialler, Refused, why

    peers = list(request.params.get("peers") or [])
    identity, secrets = _identity(request, peers)
    timeout_s = min(10.0, request.number("timeout_s", 3.0))
    found: "Dict[str, List[Any]]" = {}
    reasons: "Dict[str, List[str]]" = {}
    lock, room = threading.Lock(), threading.BoundedSemaphore(_MOST_AT_ONCE)

    def one(name: str, dialler: Dialler, host: str, port: int) -> None:
        with room:
            try:
                dialler.dial_one(host, port, timeout_s).close()
                with lock:
                    found.setdefault(name, [host, port])
            except (OSError, Gone, Refused, ValueError) as error:
                with lock:
                    place = "[%s]:%d" % (host, port) if ":" in host else "%s:%d" % (host, port)
                    reasons.setdefault(name, []).append("%s %s" % (place, why(error)))

    threads = []
    for each in peers:
        name = str(each["name"])
        dialler = Dialler(identity, request.text("own_name"), name, secrets[name])
        for host, port in each.get("addresses") or []:
            thread = threading.Thread(target=one, args=(name, dialler, str(host), int(port)))
            thread.daemon = True
            thread.start()
            threads.append(thread)
    deadline = time.monotonic() + 3 * timeout_s + 5
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    with lock:
        return {"reached": dict(found), "why": {name: "; ".join(texts) for name, texts in reasons.items()}}
