"""When a link tries again, as pure functions. Nothing here waits."""

from __future__ import annotations

FIRST_S = 1.0
LONGEST_S = 60.0
LIMITED_S = 5.0

_FOR_THE_PERSON = frozenset(
    {
        "ssh.host_key_unknown",
        "ssh.host_key_changed",
        "ssh.host_key_revoked",
        "ssh.host_key_weak",
        "ssh.host_certificate_refused",
        "ssh.fingerprint_differs",
        "ssh.auth_failed",
        "ssh.key_unreadable",
        "ssh.config_invalid",
        "ssh.config_unsafe",
        "ssh.alias_unknown",
        "ssh.unsupported",
        "ssh.jump_loop",
        "ssh.no_common_algorithm",
        "server.unknown",
        "server.invalid_host",
        "server.invalid_name",
        "input.invalid",
        "file.missing",
    }
)


def waits_for_person(code: str) -> bool:
    """Whether trying again by itself would be wrong: keys, logins and settings that only a person mends.

    A second failed login within ten minutes may lock the person's address out (PerSourcePenalties).
    """
    return code in _FOR_THE_PERSON


def least_s(code: str) -> float:
    """How long to wait at least after a failure of that kind, also where someone asks: a server that met a
    limit of its own counts every further attempt."""
    return LIMITED_S if code == "ssh.limited" else 0.0


def delay_s(failures: int, chance: float, code: str = "") -> float:
    """Full jitter: between a tenth of the bound and the bound, which doubles from 1 s to 60 s.

    Args:
        failures: attempts that failed in a row, 1 for the first.
        chance: a random number in [0, 1).
        code: what kept the last one.
    """
    bound = min(LONGEST_S, FIRST_S * 2.0 ** min(max(failures - 1, 0), 16))
    return max(bound * chance, bound / 10, least_s(code) * (1 + chance))
