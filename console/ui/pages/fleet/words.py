"""What table, map and inspector of the fleet say of a server or accelerator: one wording for all."""

from __future__ import annotations

from datetime import UTC, datetime

from console.core.text import safe_line
from console.core.units import UNKNOWN, format_percent, format_temperature
from console.fleet.link_state import LinkState
from console.telemetry.health import findings
from console.telemetry.sample import AcceleratorState
from console.telemetry.snapshot import AcceleratorRow, Activity, ServerRow, Severity
from console.telemetry.xids import Grade
from console.ui.i18n import translate
from console.ui.kit.tones import Tone, tone_of
from console.ui.numbers import highest, mean, pair_memory, pair_power
from console.ui.pages.fleet.metrics import answers
from console.ui.state_words import link_tone, link_word
from console.ui.times import age_text


def utilization(row: ServerRow) -> float | None:
    """Mean over the accelerators that answer."""
    return mean([each.utilization_percent for each in row.accelerators])


def memory(row: ServerRow) -> tuple[float | None, float | None]:
    """Used and total over the accelerators that answer."""
    current = [each.sample for each in row.accelerators if answers(each)]
    used = [each.memory_used_bytes for each in current if each.memory_used_bytes is not None]
    total = [each.memory_total_bytes for each in current if each.memory_total_bytes is not None]
    return (sum(used) if used else None), (sum(total) if total else None)


def power(row: ServerRow) -> float | None:
    """Sum over the accelerators that answer."""
    watts = [each.sample.power_w for each in row.accelerators if answers(each)]
    known = [value for value in watts if value is not None]
    return sum(known) if known else None


def temperature(row: ServerRow) -> float | None:
    """The hottest."""
    return highest([each.sample.temperature_c for each in row.accelerators if answers(each)])


def accelerators(row: ServerRow) -> str:
    """ "8", or "7 of 8" where some do not answer, or "– of 8" where none is current."""
    if not row.accelerators:
        return UNKNOWN if row.sample is None else translate("Fleet", "none")
    there = sum(answers(each) for each in row.accelerators)
    if there == len(row.accelerators):
        return str(there)
    shown = str(there) if row.fresh else UNKNOWN
    return translate("Fleet", "{count} of {all}").format(count=shown, all=len(row.accelerators))


def who(row: ServerRow) -> str:
    """Whose processes hold its accelerators; how old the data is where it is old."""
    if not row.fresh:
        if row.age_s is None:
            return translate("Fleet", "not heard yet")
        return translate("Fleet", "last heard {age} ago").format(age=age_text(row.age_s))
    holders: dict[str, None] = {}
    for each in row.accelerators:
        for process in each.sample.processes or ():
            command = program(process.command)
            holders[f"{process.user or UNKNOWN} · {command}"] = None
    shown = list(holders)
    return ", ".join(shown[:2]) + (f" +{len(shown) - 2}" if len(shown) > 2 else "")


def program(command: str | None) -> str:
    """The program of a command line, without its folder."""
    words = safe_line(command or "").split()
    return words[0].rsplit("/", 1)[-1] if words else UNKNOWN


def server_state(row: ServerRow) -> tuple[Tone, str]:
    """The worst thing about a server, first."""
    state = row.link.state
    if row.link.asking:
        return Tone.WARNING, translate("Fleet", "waits for your answer")
    if state is LinkState.REFUSED:
        return Tone.CRITICAL, refused_word(row)
    worst = max(row.accelerators, key=lambda each: each.severity, default=None)
    if worst is not None and worst.severity is Severity.CRITICAL:
        return Tone.CRITICAL, accelerator_trouble(worst)
    if state is not LinkState.UP or not row.fresh:
        words = link_word(LinkState.STALE if state is LinkState.UP else state)
        return (link_tone(state) if state is not LinkState.UP else Tone.UNKNOWN), words
    if worst is not None and worst.severity is Severity.WARNING:
        return Tone.WARNING, accelerator_trouble(worst)
    if row.sample is not None and row.sample.problems:
        return Tone.WARNING, safe_line(row.sample.problems[0], max_chars=80)
    if row.drained is not None:
        return Tone.QUIET, translate("Fleet", "drained")
    if row.source is not None:
        return tone_of(row.severity), translate("Fleet", "ok, by {source}").format(source=row.source)
    return tone_of(row.severity), translate("Fleet", "ok")


def refused_word(row: ServerRow) -> str:
    """Why a link waits for the person."""
    words = {
        "ssh.host_key_unknown": translate("Fleet", "host key not trusted yet"),
        "ssh.host_key_changed": translate("Fleet", "host key changed"),
        "ssh.host_key_revoked": translate("Fleet", "host key revoked"),
        "ssh.auth_failed": translate("Fleet", "login refused"),
    }
    code = row.link.problem.code if row.link.problem else ""
    return words.get(code, translate("Fleet", "refused"))


def accelerator_trouble(row: AcceleratorRow) -> str:
    """What is wrong with an accelerator, with its index."""
    sample = row.sample
    if row.activity is Activity.LOST:
        return translate("Fleet", "GPU {index} lost").format(index=sample.index)
    if (sample.ecc_uncorrected or 0) > 0:
        words = translate("Fleet", "GPU {index}: {count} ECC errors")
        return words.format(index=sample.index, count=sample.ecc_uncorrected)
    found = [each for each in findings(sample, datetime.now(UTC)) if each.grade is not Grade.NOTICE]
    if found:
        return translate("Fleet", "GPU {index}: {reason}").format(
            index=sample.index, reason=found[0].sentence(lambda text: translate("health", text))
        )
    return translate("Fleet", "GPU {index} idle, memory held").format(index=sample.index)


def accelerator_state(row: AcceleratorRow) -> tuple[Tone, str]:
    """How one accelerator stands."""
    words = {
        Activity.BUSY: translate("Fleet", "busy"),
        Activity.IDLE: translate("Fleet", "idle"),
        Activity.LOST: translate("Fleet", "lost"),
        Activity.UNKNOWN: translate("Fleet", "not heard"),
    }
    if row.activity is Activity.BUSY and row.severity is Severity.OK:
        return Tone.ACTIVE, words[Activity.BUSY]
    tone = Tone.QUIET if row.activity is Activity.IDLE else tone_of(row.severity)
    if row.severity is Severity.WARNING:
        tone = Tone.WARNING
    return tone, words[row.activity]


def accelerator_lines(row: AcceleratorRow) -> str:
    """The tool tip of a tile; a lost or old accelerator shows no values."""
    sample = row.sample
    head = f"{row.server.name} · GPU {sample.index}"
    name = safe_line(sample.name)
    if sample.simulated:
        name = translate("Fleet", "{name} (simulated)").format(name=name)
    lines = [head, name, accelerator_state(row)[1]]
    if answers(row):
        lines.append(
            translate("Fleet", "{util} used · {memory}").format(
                util=format_percent(row.utilization_percent),
                memory=pair_memory(sample.memory_used_bytes, sample.memory_total_bytes),
            )
        )
        lines.append(
            f"{format_temperature(sample.temperature_c)} · {pair_power(sample.power_w, sample.power_limit_w)}"
        )
        lines += [f"{each.user or UNKNOWN}: {program(each.command)}" for each in (sample.processes or ())[:3]]
    elif sample.state in (AcceleratorState.LOST, AcceleratorState.ERROR) and sample.detail:
        lines.append(safe_line(sample.detail, max_chars=120))
    return "\n".join(lines)
