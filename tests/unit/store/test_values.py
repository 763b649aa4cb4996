"""The store's pure parts: JSON text for columns, and advice on what lies below the database."""

from __future__ import annotations

from pathlib import Path

from console.store.advice import file_system_of, is_remote, notices
from console.store.rows import to_json


def test_json_text_is_canonical_and_survives_anything() -> None:
    assert to_json({"b": 1, "a": [float("nan"), float("inf"), "\ud800", Path("/x")]}) == (
        '{"a":[null,null,"\\ud800","/x"],"b":1}'
    )


def test_advice_names_an_unsound_sqlite_and_a_network_disk(tmp_path: Path) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"rootfs / ext4 rw 0 0\nserver:/x {tmp_path} nfs4 rw 0 0\n")
    database = tmp_path / "home" / "tandem.db"
    assert file_system_of(database, mounts) == "nfs4"
    assert [n.key for n in notices(database, sqlite_version=(3, 40, 1), mounts=mounts)] == [
        "store.sqlite_version",
        "store.network_file_system",
    ]
    assert notices(Path("/other/tandem.db"), sqlite_version=(3, 51, 3), mounts=mounts) == ()
    assert file_system_of(database, tmp_path / "missing") is None
    assert is_remote("fuse.sshfs")
    assert is_remote("fuse.rclone")
    assert not is_remote("fuse.bindfs")
    assert not is_remote("ext4")
    assert not is_remote(None)
