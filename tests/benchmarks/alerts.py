"""What judging the default rules costs: processor time of a step over a large fleet, beside asking every rule
of every target anew, and beside one look through the same snapshot.

The telemetry is the real one, fed once a turn with what agents send; only the judge's time is counted.
"""

from __future__ import annotations

import argparse
import copy
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from console.alerts.asked import Seen
from console.alerts.asking import Questions, questions
from console.alerts.recent import Memory
from console.alerts.rules_file import default_rules
from console.fleet.link_state import LinkState
from console.telemetry.snapshot import FleetSnapshot
from tests.unit.alerts.world import World

EVERY_S = 5.0


def used(work: Callable[..., object], *given: object) -> float:
    began = time.process_time()
    work(*given)
    return time.process_time() - began


def ask_all(asked: Questions, snapshot: FleetSnapshot, memory: Memory, now_s: float) -> int:
    """The peer: every rule is asked of every target, whatever changed."""
    recent = memory.look(snapshot, now_s, None)
    held = 0
    for server in snapshot.servers:
        own = recent[server.server.name]
        seen = Seen(server, None, own)
        held += sum(each.condition.test(seen) is True for group in asked.servers for each in group.rules)
        for row in server.accelerators:
            seen = Seen(server, row, own)
            held += sum(
                each.condition.test(seen) is True for group in asked.accelerators for each in group.rules
            )
    return held


def look(snapshot: FleetSnapshot) -> int:
    return sum(row.sample.temperature_c is not None for row in snapshot.accelerators())


def stir(world: World, chance: random.Random) -> None:
    """Every figure of a busy fleet moves; its health is read anew with other rates."""
    for machine in world.machines.values():
        machine.values["cpu_percent"] = chance.uniform(5, 60)
        for row in machine.accelerators:
            row["temperature_c"] = chance.randint(50, 75)
            row["power_w"] = chance.uniform(300, 690)
            row["utilization_percent"] = chance.randint(80, 100)
            row["health"] = copy.copy(row["health"]) | {"pcie_rx_bytes_per_s": chance.uniform(0, 1e9)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--servers", type=int, default=400)
    parser.add_argument("--gpus", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=20)
    args = parser.parse_args()
    rules = default_rules()
    chance = random.Random(1)
    print(f"{args.servers} servers x {args.gpus} accelerators, {len(rules)} rules, medians of {args.rounds}")
    print(f"{'the fleet':>22} {'a step':>9} {'of a core':>10} {'all asked':>10} {'ratio':>6} {'a look':>8}")
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder), rules, {f"s{number}": args.gpus for number in range(args.servers)})
        asked, memory = questions(rules), Memory()
        for name, change in (
            ("nothing but time", lambda: None),
            ("busy, all figures move", lambda: stir(world, chance)),
            ("half of it down", lambda: _half_down(world)),
        ):
            steps, peers, looks = [], [], []
            for turn in range(args.rounds + 2):
                change()
                world.clock.sleep_s(EVERY_S)
                for server in world.inventory:
                    if world.links[server] is LinkState.UP:
                        world.live.on_sample(server, world[server].wire(), world.clock.run_s)
                snapshot = world.live.snapshot()
                now, run_s = world.clock.wall, world.clock.run_s
                step = used(world.judge.step, snapshot, now, run_s)
                peer = used(ask_all, asked, snapshot, memory, run_s)
                if turn >= 2:
                    steps.append(step)
                    peers.append(peer)
                    looks.append(used(look, snapshot))
            step, peer = statistics.median(steps), statistics.median(peers)
            print(
                f"{name:>22} {1000 * step:7.1f}ms {100 * step / EVERY_S:8.2f} % {1000 * peer:8.1f}ms"
                f" {step / peer:6.2f} {1000 * statistics.median(looks):6.1f}ms"
            )


def _half_down(world: World) -> None:
    for number, name in enumerate(world.inventory):
        if number % 2 and world.links[name] is LinkState.UP:
            world.lose(name)


if __name__ == "__main__":
    main()
