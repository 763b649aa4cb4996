"""One server's part in a copy between servers: its port, its givers in their order, its takers.

Who talks to whom was planned by the console; from `go` on nobody asks it again.
"""

import threading
import time
from typing import Any, Dict, List, Optional

from .carrier import Carrier, Message, linger, wait_for_go
from .copier import Gone
from .giving import Giving
from .peers import Dialler, Identity, Listener, Refused, SocketPipe, say
from .taking import Backoff, Ended, Hopeless, Taking, wait_for_goods
from .wire import AgentError

_STANDBY_S = 15.0
_PATIENCE_S = 60.0
_REDIAL_S = 1.0


class Giver:
    """A server from which we may take: the line to it, dialled or waited for."""

    def __init__(self, peer: Message, dialler: "Optional[Dialler]", addresses: "List[Any]") -> None:
        self.name = str(peer["name"])
        self._dialler = dialler
        self._addresses = [(str(host), int(port)) for host, port in addresses]
        self._line: "Optional[SocketPipe]" = None
        self._changed = threading.Condition()
        self.lock = threading.Lock()
        self.finished = False
        self.reason = "it did not call"

    def arrived(self, line: SocketPipe) -> None:
        """It called; an older line is dead."""
        with self._changed:
            old, self._line = self._line, line
            self._changed.notify_all()
        if old is not None:
            old.close()

    def line(self, timeout_s: float) -> "Optional[SocketPipe]":
        """The line, opened where it can be; None where not in time."""
        if self._dialler is not None and self._line is None:
            try:
                line = self._dialler.dial(self._addresses, timeout_s)
            except Refused as refusal:
                self.reason = str(refusal)
                return None
            with self._changed:
                self._line = line
        with self._changed:
            if self._line is None:
                self._changed.wait(timeout_s)
            return self._line

    def drop(self) -> None:
        """It broke."""
        with self._changed:
            line, self._line = self._line, None
        if line is not None:
            line.close()

    def standby(self) -> None:
        """Let it know that we are there and may still need it; not while we take from it."""
        if self.finished or not self.lock.acquire(False):
            return
        try:
            line = self.line(3.0)
            if line is not None and not say(line, {"op": "standby"}):
                self.drop()
        finally:
            self.lock.release()

    def bye(self) -> None:
        """We need it no more."""
        with self.lock:
            if self.finished:
                return
            self.finished = True
            line = self.line(3.0)
            if line is not None:
                say(line, {"op": "bye"})
            self.drop()


class _Part:
    """The whole of what this server does in one copy."""

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier
        config = carrier.config
        self.name = str(config["name"])
        self.peers: "List[Message]" = list(config["peers"])
        self.gives = [each for each in self.peers if each["role"] == "give"]
        self.takes = [each for each in self.peers if each["role"] == "take"]
        certificates = {str(each["name"]): str(each["certificate"]) for each in self.peers}
        self.secrets: "Dict[str, str]" = {str(each["name"]): str(each["secret"]) for each in self.peers}
        self.identity = Identity(str(config["certificate"]), str(config["key"]), certificates)
        self.giving = carrier.giving = Giving(carrier.goods, [str(each["name"]) for each in self.gives])
        self.givers: "Dict[str, Giver]" = {}
        self.listener: "Optional[Listener]" = None
        self.closing = False

    def listen(self) -> None:
        """Take the ports that peers will call, without opening them."""
        toward = [str(each) for each in self.carrier.config.get("toward") or []]
        called = {str(each["name"]) for each in self.peers if each["way"] == "accept"}
        if called:
            secrets = {name: self.secrets[name] for name in called}
            self.listener = Listener(self.identity, secrets, toward, self._arrived)
        addresses = [] if self.listener is None else [list(each) for each in self.listener.addresses]
        self.carrier.say_started(addresses=addresses)

    def _arrived(self, name: str, line: SocketPipe) -> None:
        if name in self.givers:
            self.givers[name].arrived(line)
        elif name in self.giving.takers and not self.closing:
            self.giving.serve(name, line)
        else:
            line.close()

    def _dialler(self, peer: Message) -> "Optional[Dialler]":
        if peer["way"] != "dial":
            return None
        name = str(peer["name"])
        return Dialler(self.identity, self.name, name, self.secrets[name])

    def go(self, addresses: Message, absent: "List[Any]") -> None:
        """All are there, but for some: open the port and call whom we shall call."""
        for name, taker in self.giving.takers.items():
            taker.done = name in absent
        for peer in self.takes:
            name = str(peer["name"])
            if name in absent:
                continue
            self.givers[name] = Giver(peer, self._dialler(peer), addresses.get(name) or [])
        self.giving.restart_patience()
        if self.listener is not None:
            self.listener.open()
        for peer in self.gives:
            dialler = self._dialler(peer)
            if dialler is not None:
                _spawn(self._call, dialler, str(peer["name"]), addresses.get(str(peer["name"])) or [])
        if self.takes:
            _spawn(self._stand_by)

    def _call(self, dialler: Dialler, name: str, addresses: "List[Any]") -> None:
        """Call a taker that cannot call us, as long as it may need us."""
        taker = self.giving.takers[name]
        where = [(str(host), int(port)) for host, port in addresses]
        while taker.needs_us() and not self.closing:
            try:
                line = dialler.dial(where)
            except Refused:
                threading.Event().wait(_REDIAL_S)
                continue
            self.giving.serve(name, line)

    def _stand_by(self) -> None:
        while not self.closing:
            for giver in self.givers.values():
                giver.standby()
            until = time.monotonic() + _STANDBY_S
            while time.monotonic() < until and not self.closing:
                threading.Event().wait(0.2)

    # --- taking

    def take(self) -> None:
        """From the first giver that can give it; what came from one is not asked of the next again."""
        carrier = self.carrier
        carrier.phase = "taking"
        taking = Taking(
            str(carrier.config["to"]), str(carrier.config["origin"]), carrier.goods, carrier.check
        )
        carrier.tally = taking.tally
        carrier.clean_up = taking.drop
        reasons = []
        try:
            for giver in self.givers.values():
                reason = self._take_from(giver, taking)
                if reason is None:
                    carrier.tell(durable=True)
                    return
                reasons.append("%s: %s" % (giver.name, reason))
                carrier.passed_over = reasons
            taking.drop_small()
            raise AgentError("transfer.no_giver", path=str(carrier.config["to"]), reason="; ".join(reasons))
        except Ended:
            taking.drop()
            raise
        except (AgentError, OSError):
            taking.drop_small()
            raise

    def _take_from(self, giver: Giver, taking: Taking) -> "Optional[str]":
        """None where it is all there; else why this giver could not give it."""
        carrier = self.carrier
        backoff, before = Backoff(carrier.check), taking.tally.wire
        mismatches = 0
        with giver.lock:
            began = time.monotonic()
            while True:
                try:
                    line = giver.line(5.0)
                    if line is None:
                        carrier.check()
                        if time.monotonic() - began > float(carrier.config.get("patience_s", _PATIENCE_S)):
                            return giver.reason
                        threading.Event().wait(_REDIAL_S)
                        continue
                    carrier.giver = giver.name
                    wait_for_goods(line, carrier.check)
                    carrier.taken = dict(taking.run(line), giver=giver.name)
                    return None
                except Gone:
                    giver.drop()
                    carrier.check()
                    progressed, before = taking.tally.wire > before, taking.tally.wire
                    if not backoff.again(progressed):
                        return "the line broke again and again"
                    began = time.monotonic()
                except Hopeless as reason:
                    giver.drop()
                    return str(reason)
                except AgentError as error:
                    giver.drop()
                    if error.code not in ("transfer.mismatch", "transfer.changed"):
                        raise
                    mismatches += 1
                    if mismatches > 1:
                        return "what came is not what it said (%s)" % error.attrs.get("path")

    def hang_up(self) -> None:
        """Nobody wants it any more: every wait for a peer ends."""
        self.giving.close()
        for giver in list(self.givers.values()):
            giver.drop()

    def end(self) -> None:
        """Good-bye to all, and the port is closed."""
        self.closing = True
        for giver in self.givers.values():
            giver.bye()
        if self.listener is not None:
            self.listener.close()
        self.giving.close()


def _spawn(run: Any, *args: Any) -> None:
    thread = threading.Thread(target=run, args=args)
    thread.daemon = True
    thread.start()


def carry(carrier: Carrier) -> None:
    """Do this server's part.

    Raises:
        AgentError, Ended.
    """
    part = _Part(carrier)
    carrier.hang_up = part.hang_up
    part.listen()
    try:
        go = wait_for_go(carrier)
        if go is None:
            raise AgentError("agent.failed", reason="the console never said that the others are ready")
        part.go(go.get("addresses") or {}, list(go.get("absent") or []))
        failure: "Optional[BaseException]" = None
        try:
            if part.takes:
                try:
                    part.take()
                finally:
                    _spawn(_say_bye, list(part.givers.values()))
            else:
                carrier.goods.look(str(carrier.config["from"]))
                carrier.tally.total = carrier.goods.total()
        except (AgentError, OSError) as error:
            failure = error
            reason = error.as_dict() if isinstance(error, AgentError) else {"code": str(error)}
            carrier.goods.fail(reason)
        carrier.phase = "giving"
        linger(carrier, part.giving)
        if failure is not None:
            raise failure
    finally:
        part.end()


def _say_bye(givers: "List[Giver]") -> None:
    for giver in givers:
        giver.bye()
