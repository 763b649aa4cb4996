"""Containers are read out of control groups as engines name them."""

from __future__ import annotations

import pytest

from console.agent import host

HEX = "3f1c9a2b0d4e" + "0" * 52


@pytest.mark.parametrize(
    ("cgroup", "told"),
    [
        (f"0::/system.slice/docker-{HEX}.scope\n", "docker:3f1c9a2b0d4e"),
        (f"12:memory:/docker/{HEX}\n", "docker:3f1c9a2b0d4e"),
        (
            f"0::/kubepods.slice/kubepods-burstable.slice/kubepods-pod1.slice/cri-containerd-{HEX}.scope\n",
            "cri-containerd:3f1c9a2b0d4e",
        ),
        (f"0::/kubepods/besteffort/pod17/{HEX}\n", "container:3f1c9a2b0d4e"),
        (f"0::/user.slice/user-1000.slice/libpod-{HEX}.scope/container\n", "libpod:3f1c9a2b0d4e"),
        ("0::/lxc.payload.web-1/init.scope\n", "lxc:web-1"),
        ("11:cpu:/lxc/web-1\n", "lxc:web-1"),
        ("0::/user.slice/user-1000.slice/session-3.scope\n", None),
        ("0::/\n", None),
    ],
)
def test_a_control_group_names_the_container(
    monkeypatch: pytest.MonkeyPatch, cgroup: str, told: str | None
) -> None:
    monkeypatch.setattr(host, "read_text", lambda _path, _limit=0: cgroup)
    assert host.container_of(1) == told
