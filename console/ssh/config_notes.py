"""What ssh would heed of a configuration and Tandem does not, as sentences. Pure."""

from __future__ import annotations

from console.ssh.config_asked import Settings

_UNSET = frozenset({"", "no", "none", "false", "0"})
_UNUSED = {
    "pkcs11provider": "PKCS11Provider",
    "remotecommand": "RemoteCommand",
    "knownhostscommand": "KnownHostsCommand",
    "verifyhostkeydns": "VerifyHostKeyDNS",
    "hostbasedauthentication": "HostbasedAuthentication",
    "gssapiauthentication": "GSSAPIAuthentication",
    "bindaddress": "BindAddress",
    "bindinterface": "BindInterface",
    "forwardagent": "ForwardAgent",
    "forwardx11": "ForwardX11",
    "tunnel": "Tunnel",
    "localforward": "LocalForward",
    "remoteforward": "RemoteForward",
    "dynamicforward": "DynamicForward",
    "localcommand": "LocalCommand",
    "proxyusefdpass": "ProxyUseFdpass",
}
"""Not used wherever it is set, by its name in `ssh -G`."""
_OTHERWISE = {
    "kexalgorithms": "KexAlgorithms",
    "ciphers": "Ciphers",
    "macs": "MACs",
    "hostkeyalgorithms": "HostKeyAlgorithms",
    "pubkeyacceptedalgorithms": "PubkeyAcceptedAlgorithms",
    "casignaturealgorithms": "CASignatureAlgorithms",
    "preferredauthentications": "PreferredAuthentications",
    "pubkeyauthentication": "PubkeyAuthentication",
    "passwordauthentication": "PasswordAuthentication",
    "kbdinteractiveauthentication": "KbdInteractiveAuthentication",
    "addressfamily": "AddressFamily",
    "requiredrsasize": "RequiredRSASize",
    "connectionattempts": "ConnectionAttempts",
    "rekeylimit": "RekeyLimit",
    "sendenv": "SendEnv",
    "securitykeyprovider": "SecurityKeyProvider",
}
"""Not used where it differs from what ssh does by itself."""
_DISTRIBUTIONS = ("gssapiauthentication", "sendenv")
"""Set by Debian and others for everybody: only what a person adds is worth a word."""
_SLOW_S = 20.0


def notes(found: Settings, bare: Settings | None, system: Settings | None) -> tuple[str, ...]:
    """Sentences, in a fixed order.

    Args:
        found: the alias's settings.
        bare, system: what ssh does with no configuration, and with the system's alone; None without ssh.
    """
    told = []
    for keyword, name in (_UNUSED | _OTHERWISE).items():
        values = found.get(keyword, ())
        if keyword in _UNUSED and all(value.lower() in _UNSET for value in values):
            continue
        if keyword in _OTHERWISE and (bare is None or values == bare.get(keyword, ())):
            continue
        if keyword in _DISTRIBUTIONS and system is not None and values == system.get(keyword, ()):
            continue
        told.append(f"{name} of ssh_config is not used")
    if found.get("stricthostkeychecking", ("",))[0].lower() in ("no", "off", "false"):
        told.append("StrictHostKeyChecking no: a first key is taken unseen, a changed one still stops Tandem")
    # ssh's default depends on other settings; only this value can come from nobody but the person.
    if found.get("updatehostkeys", ("",))[0].lower() == "ask":
        told.append("UpdateHostKeys of ssh_config is not used")
    silence_s = _number(found, "serveraliveinterval") * _number(found, "serveralivecountmax")
    if silence_s > _SLOW_S:
        told.append(f"a dead connection is noticed after {silence_s:.0f} s, as ServerAliveInterval says")
    return tuple(told)


def _number(found: Settings, keyword: str) -> float:
    text = found.get(keyword, ("",))[0]
    return float(text) if text.isdigit() else 0.0
