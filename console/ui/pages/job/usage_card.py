"""What a job used: its accelerators, energy, memory, cost; and a sentence where it wasted them."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from console.core.units import (
    UNKNOWN,
    format_duration,
    format_energy,
    format_memory,
    format_percent,
    three_digits,
)
from console.jobs.history import Account
from console.jobs.usage import GpuUsage, Waste
from console.ui.desk import Desk
from console.ui.i18n import translate
from console.ui.kit.badges import StateBadge
from console.ui.kit.cards import Card
from console.ui.kit.inspector import Facts
from console.ui.kit.tones import Tone

MOST_GPUS = 16
_BETWEEN = "  ·  "


def waste_text(waste: Waste) -> str:
    """ "GPU 2 idle for 91 % of the run"."""
    share = f"{int(100 * waste.share)} %"
    if len(waste.gpus) > 1:
        who = translate("Usage", "GPUs {names}").format(names=", ".join(waste.gpus))
        share = translate("Usage", "at least {share}").format(share=share)
    else:
        who = translate("Usage", "GPU {name}").format(name=waste.gpus[0])
    if waste.whole:
        return translate("Usage", "{who} idle for {share} of the run").format(who=who, share=share)
    if waste.observed_share is None:
        words = translate("Usage", "{who} idle for {share} of what was observed of the run")
        return words.format(who=who, share=share)
    words = translate("Usage", "{who} idle for {share} of the {seen} % of the run that was observed")
    return words.format(who=who, share=share, seen=int(100 * waste.observed_share))


def gpu_text(gpu: GpuUsage) -> str:
    """One accelerator in a line."""
    parts = [
        translate("Usage", "used {share}").format(share=format_percent(gpu.utilization_percent)),
        translate("Usage", "idle {share}").format(
            share=UNKNOWN if gpu.idle_share is None else format_percent(100 * gpu.idle_share)
        ),
        format_energy(gpu.energy_j),
    ]
    if gpu.memory_peak_bytes is not None:
        parts.append(format_memory(gpu.memory_peak_bytes))
    elif gpu.card_memory_peak_bytes is not None:
        parts.append(translate("Usage", "card {size}").format(size=format_memory(gpu.card_memory_peak_bytes)))
    return _BETWEEN.join(parts)


def usage_facts(account: Account, currency: str) -> list[tuple[str, str]]:
    """Names and values; what is not known of a job with accelerators is "–"."""
    total, facts = account.spent, list[tuple[str, str]]()
    if total.gpu_seconds:
        facts.append((translate("Usage", "GPU time"), format_duration(total.gpu_seconds)))
    facts += [
        (translate("Usage", "GPU {name}").format(name=gpu.label), gpu_text(gpu))
        for gpu in total.gpus[:MOST_GPUS]
    ]
    if len(total.gpus) > 1:
        facts.append((translate("Usage", "GPU use"), format_percent(total.utilization_percent)))
    if total.gpus:
        facts.append((translate("Usage", "energy"), format_energy(total.energy_j)))
    cost = UNKNOWN if account.cost is None else f"{three_digits(account.cost)} {currency}"
    facts.append((translate("Usage", "cost"), cost))
    if total.cpu_s is not None:
        facts.append((translate("Usage", "processor time"), format_duration(total.cpu_s)))
    if total.memory_peak_bytes is not None:
        facts.append((translate("Usage", "peak memory"), format_memory(total.memory_peak_bytes)))
    if total.observed_share is not None and total.gpus:
        seen = translate("Usage", "{share} of the run").format(
            share=format_percent(100 * total.observed_share)
        )
        facts.append((translate("Usage", "observed"), seen))
    return facts


class UsageCard(Card):
    """Hidden while nothing is known."""

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk.theme, self.tr("Usage"), parent=parent)
        self._desk = desk
        self.waste = StateBadge(desk.theme)
        self.facts = Facts(desk.theme)
        self.body.addWidget(self.waste)
        self.body.addWidget(self.facts)
        self.hide()

    def show_account(self, account: Account | None) -> None:
        """What is known by now."""
        known = account is not None and account.spent.seconds is not None
        self.setVisible(known)
        if account is None or not known:
            return
        self.waste.set(Tone.WARNING, "" if account.waste is None else waste_text(account.waste))
        self.waste.setVisible(account.waste is not None)
        self.facts.set(usage_facts(account, str(self._desk.context.options.get("cost.currency"))))
