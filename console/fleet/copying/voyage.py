"""One copy between servers, or one fetch, while this console watches it: what its steps do and tell."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from console.core.ports import ServerGate
from console.core.problems import Problem
from console.core.units import format_bytes
from console.fleet.copying.caravan import Caravan, Errand
from console.fleet.copying.carried import LIVE, Arrived, Part, PartState, part_of
from console.fleet.copying.pace import Pace
from console.fleet.copying.preflight import Facts
from console.fleet.copying.routes import Routes, Wave
from console.fleet.copying.service import Copies, ensure_all
from console.fleet.copying.tree import Skipped
from console.operations.plan import StepContext
from console.operations.running import Left

_NAMED = 4
_START_S = 60.0


class Voyage:
    """The steps of one copy; used by one thread.

    Args:
        origin: "server:absolute path".
        to: the path on each target.
    """

    def __init__(
        self,
        gate: ServerGate,
        copies: Copies,
        ident: str,
        origin: str,
        to: Mapping[str, str],
        routes: Routes,
        facts: Mapping[str, Facts],
        account: str,
        patience_s: float,
    ) -> None:
        self.id = ident
        self._gate = gate
        self._copies = copies
        self._origin = origin
        self._source, _, self._path = origin.partition(":")
        self._to = to
        self._routes = routes
        self._facts = facts
        self._account = account
        self._patience_s = patience_s
        self._arrived: dict[str, Arrived] = {
            name: Arrived(name, problem=problem) for name, problem in routes.down.items() if name in to
        }
        self._digests: dict[str, str] = {}
        self._detached = False

    def result(self) -> list[Arrived]:
        """What came of it on every target, in their order; all of it is there."""
        return [replace(self._arrived.get(name, Arrived(name)), copy_id=self.id) for name in self._to]

    # --- steps

    def relay(self, target: str, step: StepContext) -> None:
        """Through this console; one target that fails stops no other."""
        try:
            pushed, listing = self._copies.relay(self._source, self._path, target, self._to[target], step)
        except Problem as problem:
            self._arrived[target] = Arrived(target, problem=problem)
            step.note(problem.sentence)
            return
        self._arrived[target] = Arrived(
            target,
            pushed.root,
            pushed.files,
            pushed.unchanged,
            pushed.bytes,
            pushed.sha256,
            way="through the console",
            skipped=listing.skipped,
        )
        step.note(f"{target}: {format_bytes(pushed.bytes)} through this console")

    def sail(self, wave: Wave, start: str, step: StepContext, *, detach: bool) -> None:
        """Directly, as a tree. Cancelling ends it on all servers; closing the console does not."""
        start = start or self._root_of(wave.root)
        if not start:
            for name in wave.parents:
                problem = self._arrived[wave.root].problem
                self._arrived[name] = Arrived(name, problem=problem)
            return
        servers = [self._source, *self._to]
        name = self._path.rstrip("/").rpartition("/")[2] or self._path
        title = f"{name} from {self._source} to {', '.join(self._to)}"
        errand = Errand(self.id, title, self._origin, start, self._to, servers, self._account)
        caravan = Caravan(self._gate, errand, wave, self._routes, self._facts, self._patience_s)
        step.check_cancelled()
        step.progress(0, 0, "starting on the servers")
        caravan.start()
        if detach:
            self._detached = True
            step.note(f"it goes on by itself as {self.id}")
            return
        pace = Pace(0, step.progress, step.check_cancelled)
        try:
            caravan.wait(step.wait_s, lambda parts: self._tell(wave, parts, pace, step))
        except Left:
            raise
        except BaseException:
            caravan.cancel()
            raise
        self._take_over(wave, caravan, step)

    def compare(self, step: StepContext) -> None:
        """Every target has the same, and all of it; else what is wrong is told.

        Raises:
            Problem: of the only target, `transfer.some_failed`, `transfer.mismatch`, `transfer.incomplete`.
        """
        if self._detached:
            step.note("it is compared by the servers")
            return
        arrived = self.result()
        failed = {each.server: each.problem for each in arrived if each.problem is not None}
        if len(failed) == 1 and len(arrived) == 1:
            raise next(iter(failed.values()))
        if failed:
            raise self._some_failed(failed)
        self._ensure_same(arrived)
        skipped: dict[str, Skipped] = {entry.path: entry for each in arrived for entry in each.skipped}
        files = max((each.files for each in arrived), default=0)
        step.note("; ".join(f"{each.server} {each.way}" for each in arrived))
        ensure_all(list(skipped.values()), files)

    # --- inside

    def _root_of(self, name: str) -> str:
        return self._arrived[name].root if name in self._arrived else ""

    def _take_over(self, wave: Wave, caravan: Caravan, step: StepContext) -> None:
        parts = caravan.look()
        root = parts.get(wave.root)
        for name in wave.parents:
            part = parts.get(name)
            problem = caravan.failed.get(name)
            if part is not None and part.arrived is not None:
                self._arrived[name] = part.arrived
                continue
            problem = problem or (part.problem if part is not None else None)
            if root is not None and root.problem is not None:
                problem = root.problem
            if problem is not None and problem.code == "transfer.no_giver" and root is not None:
                step.note(f"{name} through this console: {problem.sentence}")
                self.relay(name, step)
                continue
            self._arrived[name] = Arrived(
                name, problem=problem or Problem("transfer.lost", server=name, reason="it told nothing")
            )
        if root is not None and root.digest:
            self._digests[wave.root] = root.digest

    def _tell(self, wave: Wave, parts: Mapping[str, Part], pace: Pace, step: StepContext) -> None:
        goals = [parts[name] for name in wave.parents if name in parts]
        total = max((part.total or 0 for part in parts.values()), default=0) * len(wave.parents)
        done = sum(part.done or 0 for part in goals)
        pace.total = total
        pace.done = 0
        pace.add(done)
        if len(wave.parents) == 1 and done:
            return  # the pace told it: bytes, rate, time left
        words = [f"{name} {_percent(parts.get(name), wave.parents[name])}" for name in wave.parents]
        more = f", and {len(words) - _NAMED} more" if len(words) > _NAMED else ""
        step.progress(done, total, ", ".join(words[:_NAMED]) + more)

    def _some_failed(self, failed: Mapping[str, Problem | None]) -> Problem:
        names = "; ".join(problem.sentence.rstrip(".") for problem in failed.values() if problem)
        return Problem(
            "transfer.some_failed", failed=len(failed), count=len(self._to), path=self._path, names=names
        )

    def _ensure_same(self, arrived: list[Arrived]) -> None:
        digests = {each.server: each.digest for each in arrived if each.digest}
        wanted = next(iter([*self._digests.values(), *digests.values()]), None)
        for server, digest in digests.items():
            if digest != wanted:
                raise Problem("transfer.mismatch", server=server, path=self._to[server])


def _percent(part: Part | None, giver: str) -> str:
    """How far a taker is, in a word or two."""
    if part is None or part.state is PartState.STARTING:
        return "starts"
    if part.arrived is not None:
        return "has it"
    if part.state not in LIVE:
        return part.state.value
    if not part.total:
        return f"waits for {giver}"
    return f"{100 * (part.done or 0) // part.total} %"


class Fetching:
    """The step of one fetch; used by one thread."""

    def __init__(
        self,
        gate: ServerGate,
        ident: str,
        server: str,
        url: str,
        sha256: str,
        to: str,
        max_bytes: int | None,
        account: str,
    ) -> None:
        self.id = ident
        self._gate = gate
        self._server = server
        self._url = url
        self._sha256 = sha256
        self._to = to
        self._max_bytes = max_bytes
        self._account = account
        self._arrived = Arrived(server)

    def result(self) -> Arrived:
        """What came of it."""
        return replace(self._arrived, copy_id=self.id)

    def run(self, step: StepContext, *, detach: bool) -> None:
        """Start it, and watch it unless it is to go on by itself.

        Raises:
            Problem: `transfer.*`, `remote.*`, `agent.*`, `ssh.*`.
        """
        step.progress(0, 0, "starting on the server")
        self._gate.call(self._server, "carry.start", self._params(), timeout_s=_START_S)
        if detach:
            step.note(f"it goes on by itself as {self.id}")
            return
        try:
            part = self._follow(step.wait_s, Pace(0, step.progress, step.check_cancelled))
        except Left:
            raise
        except BaseException:
            self._gate.call(self._server, "carry.cancel", {"id": self.id}, timeout_s=30.0)
            raise
        if part.arrived is None:
            raise part.problem or Problem("transfer.lost", server=self._server, reason="it told nothing")
        self._arrived = part.arrived
        step.note(f"{format_bytes(part.arrived.bytes)}, verified")

    def _params(self) -> dict[str, object]:
        return {
            "id": self.id,
            "kind": "fetch",
            "spec": {
                "v": 1,
                "role": "fetch",
                "title": f"{self._url} to {self._server}:{self._to}",
                "origin": self._url,
                "path": self._to,
                "servers": [self._server],
                "by": self._account,
            },
            "url": self._url,
            "sha256": self._sha256,
            "to": self._to,
            "max_bytes": self._max_bytes,
        }

    def _follow(self, pause: Callable[[float], None], pace: Pace) -> Part:
        pause_s, unheard = 0.1, 0
        while True:
            try:
                told = self._gate.call(self._server, "carry.show", {"id": self.id})
                unheard = 0
            except Problem as problem:
                unheard += 1
                if problem.code == "id.unknown" or unheard > 8:
                    raise
                told = {"state": "running"}
            part = part_of(self._server, told)
            if part.state not in LIVE:
                return part
            if part.done is not None:
                pace.total, pace.done = part.total or 0, 0
                pace.add(part.done)
            pause(pause_s)
            pause_s = min(1.0, pause_s * 1.3)
