"""What is hashed of a file while the way to the server is opened."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from console.fleet.copying import ahead
from console.fleet.copying.ahead import Ahead
from console.fleet.copying.sources import LocalSource, SharedSource

SIZE = 17 * 1024 * 1024


def large_file(path: Path) -> Path:
    path.write_bytes(os.urandom(SIZE))
    return path


def test_it_is_the_hash_of_so_many_of_the_first_bytes(tmp_path: Path) -> None:
    path = large_file(tmp_path / "file")
    with Ahead.of(LocalSource(path)) as hashed:
        digest, upto = hashed.take(path)
    assert 0 <= upto <= SIZE
    assert digest.hexdigest() == hashlib.sha256(path.read_bytes()[:upto]).hexdigest()


def test_it_ends_by_itself_at_its_limit_or_the_end_of_the_file(tmp_path: Path) -> None:
    path = large_file(tmp_path / "file")
    hashed = Ahead(path)
    assert hashed._thread is not None
    hashed._thread.join(30)
    assert hashed.take(path)[1] == min(SIZE, ahead._MOST_BYTES)


def test_another_file_has_no_part_in_it(tmp_path: Path) -> None:
    path = large_file(tmp_path / "file")
    with Ahead(path) as hashed:
        digest, upto = hashed.take(tmp_path / "other")
    assert (digest.hexdigest(), upto) == (hashlib.sha256().hexdigest(), 0)


def test_folders_small_files_and_shared_ones_are_left_alone(tmp_path: Path) -> None:
    path = large_file(tmp_path / "file")
    small = tmp_path / "small"
    small.write_bytes(b"little")
    shared = SharedSource(LocalSource(path), 1).taker()
    for source in (LocalSource(tmp_path), LocalSource(small), shared):
        with Ahead.of(source) as hashed:
            assert hashed._thread is None


def test_a_file_that_went_away_is_somebody_elses_to_tell(tmp_path: Path) -> None:
    with Ahead(tmp_path / "gone") as hashed:
        assert hashed.take(tmp_path / "gone")[1] == 0
