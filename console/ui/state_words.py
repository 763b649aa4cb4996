"""Words and tones of states, in the person's language. One place, so that a state has one name everywhere."""

from __future__ import annotations

from console.fleet.copying.carried import PartState
from console.fleet.link_state import LinkState
from console.fleet.server import Role
from console.jobs.job import JobState
from console.operations.operation import State
from console.serving.deployment import DeploymentState, ReleaseState, ReplicaState
from console.ui.i18n import translate
from console.ui.kit.tones import Tone


def operation_word(state: State) -> str:
    """How an operation stands."""
    words = {
        State.WAITING: translate("States", "waiting"),
        State.RUNNING: translate("States", "running"),
        State.DONE: translate("States", "done"),
        State.FAILED: translate("States", "failed"),
        State.CANCELLED: translate("States", "cancelled"),
        State.UNDONE: translate("States", "undone"),
        State.UNKNOWN: translate("States", "unknown"),
    }
    return words[state]


def link_word(state: LinkState) -> str:
    """How a link stands."""
    words = {
        LinkState.OFF: translate("States", "not watched"),
        LinkState.CONNECTING: translate("States", "connecting"),
        LinkState.AUTHENTICATING: translate("States", "logging in"),
        LinkState.UP: translate("States", "up"),
        LinkState.STALE: translate("States", "stale"),
        LinkState.LOST: translate("States", "connection lost"),
        LinkState.WAITING: translate("States", "reconnecting"),
        LinkState.REFUSED: translate("States", "refused"),
    }
    return words[state]


def copy_word(state: PartState) -> str:
    """How a copy stands on a server."""
    words = {
        PartState.STARTING: translate("States", "starting"),
        PartState.RUNNING: translate("States", "running"),
        PartState.GIVING: translate("States", "has it, gives on"),
        PartState.SUCCEEDED: translate("States", "done"),
        PartState.FAILED: translate("States", "failed"),
        PartState.CANCELLED: translate("States", "cancelled"),
        PartState.LOST: translate("States", "lost"),
        PartState.UNKNOWN: translate("States", "unknown"),
    }
    return words[state]


def copy_tone(state: PartState) -> Tone:
    """How a copy's state looks."""
    tones = {
        PartState.STARTING: Tone.ACTIVE,
        PartState.RUNNING: Tone.ACTIVE,
        PartState.GIVING: Tone.OK,
        PartState.SUCCEEDED: Tone.OK,
        PartState.FAILED: Tone.CRITICAL,
        PartState.CANCELLED: Tone.QUIET,
        PartState.LOST: Tone.CRITICAL,
        PartState.UNKNOWN: Tone.UNKNOWN,
    }
    return tones[state]


def link_tone(state: LinkState) -> Tone:
    """How a link's state looks."""
    tones = {
        LinkState.OFF: Tone.QUIET,
        LinkState.CONNECTING: Tone.UNKNOWN,
        LinkState.AUTHENTICATING: Tone.UNKNOWN,
        LinkState.UP: Tone.OK,
        LinkState.STALE: Tone.WARNING,
        LinkState.LOST: Tone.WARNING,
        LinkState.WAITING: Tone.WARNING,
        LinkState.REFUSED: Tone.CRITICAL,
    }
    return tones[state]


def role_word(role: Role) -> str:
    """Which engine a server belongs to."""
    words = {
        Role.TRAIN: translate("States", "training"),
        Role.INFER: translate("States", "inference"),
        Role.BOTH: translate("States", "both"),
    }
    return words[role]


def role_tone(role: Role) -> Tone:
    """The engine's colour; a server that is both counts as training."""
    return Tone.INFERENCE if role is Role.INFER else Tone.TRAINING


def job_word(state: JobState) -> str:
    """How a job stands."""
    words = {
        JobState.STAGING: translate("States", "staging"),
        JobState.QUEUED: translate("States", "queued"),
        JobState.STARTING: translate("States", "starting"),
        JobState.RUNNING: translate("States", "running"),
        JobState.SUCCEEDED: translate("States", "succeeded"),
        JobState.FAILED: translate("States", "failed"),
        JobState.CANCELLED: translate("States", "cancelled"),
        JobState.TIMED_OUT: translate("States", "timed out"),
        JobState.PREEMPTED: translate("States", "preempted"),
        JobState.LOST: translate("States", "lost"),
    }
    return words[state]


def job_tone(state: JobState) -> Tone:
    """How a job's state looks."""
    tones = {
        JobState.RUNNING: Tone.ACTIVE,
        JobState.SUCCEEDED: Tone.OK,
        JobState.FAILED: Tone.CRITICAL,
        JobState.TIMED_OUT: Tone.CRITICAL,
        JobState.LOST: Tone.CRITICAL,
        JobState.PREEMPTED: Tone.WARNING,
        JobState.CANCELLED: Tone.UNKNOWN,
    }
    return tones.get(state, Tone.QUIET)


def deployment_word(state: DeploymentState) -> str:
    """How a deployment stands."""
    words = {
        DeploymentState.STARTING: translate("States", "starting"),
        DeploymentState.LIVE: translate("States", "live"),
        DeploymentState.DEGRADED: translate("States", "degraded"),
        DeploymentState.STOPPED: translate("States", "stopped"),
        DeploymentState.FAILED: translate("States", "failed"),
        DeploymentState.UNKNOWN: translate("States", "unknown"),
    }
    return words[state]


def deployment_tone(state: DeploymentState) -> Tone:
    """How a deployment's state looks."""
    tones = {
        DeploymentState.STARTING: Tone.ACTIVE,
        DeploymentState.LIVE: Tone.OK,
        DeploymentState.DEGRADED: Tone.WARNING,
        DeploymentState.STOPPED: Tone.QUIET,
        DeploymentState.FAILED: Tone.CRITICAL,
        DeploymentState.UNKNOWN: Tone.UNKNOWN,
    }
    return tones[state]


def release_word(state: ReleaseState) -> str:
    """How a release stands."""
    words = {
        ReleaseState.STARTING: translate("States", "starting"),
        ReleaseState.LIVE: translate("States", "live"),
        ReleaseState.CANARY: translate("States", "canary"),
        ReleaseState.KEPT: translate("States", "kept warm"),
        ReleaseState.STOPPED: translate("States", "stopped"),
        ReleaseState.FAILED: translate("States", "failed"),
    }
    return words[state]


def replica_word(state: ReplicaState) -> str:
    """How a replica stands."""
    words = {
        ReplicaState.STARTING: translate("States", "starting"),
        ReplicaState.READY: translate("States", "ready"),
        ReplicaState.UNREADY: translate("States", "not ready"),
        ReplicaState.EXITED: translate("States", "exited"),
        ReplicaState.LOST: translate("States", "lost"),
        ReplicaState.UNKNOWN: translate("States", "unknown"),
    }
    return words[state]


def replica_tone(state: ReplicaState) -> Tone:
    """How a replica's state looks."""
    tones = {
        ReplicaState.STARTING: Tone.ACTIVE,
        ReplicaState.READY: Tone.OK,
        ReplicaState.UNREADY: Tone.WARNING,
        ReplicaState.EXITED: Tone.CRITICAL,
        ReplicaState.LOST: Tone.CRITICAL,
        ReplicaState.UNKNOWN: Tone.UNKNOWN,
    }
    return tones[state]
