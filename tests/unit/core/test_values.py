"""Units, ids, times, options, files, the home and notices."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.core import units
from console.core.clock import SystemClock, from_epoch, iso, parse_iso
from console.core.files import sha256_of, write_atomically
from console.core.home import Home, find_home, shipped
from console.core.ids import new_id, resolve_prefix
from console.core.notify import Level, Notice, Notifier
from console.core.options import OPTIONS, Options
from console.core.problems import Problem


def code_of(act: object, *arguments: object) -> str:
    with pytest.raises(Problem) as caught:
        act(*arguments)  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (units.format_bytes(79.6e9), "79.6 GB"),
        (units.format_bytes(0), "0 B"),
        (units.format_bytes(999), "999 B"),
        (units.format_bytes(1e6), "1 MB"),
        (units.format_rate(1.25e6), "1.25 MB/s"),
        (units.format_power(312.4), "312 W"),
        (units.format_power(12_400), "12.4 kW"),
        (units.format_energy(7.2e6), "2 kWh"),
        (units.format_percent(99.6), "100 %"),
        (units.format_temperature(71.2), "71 °C"),
        (units.format_milliseconds(6.247), "6.25 ms"),
        (units.format_duration(4.2), "4.20 s"),
        (units.format_duration(59.7), "1 min"),
        (units.format_duration(61), "1 min 1 s"),
        (units.format_duration(4440), "1 h 14 min"),
        (units.format_duration(90_000), "1 d 1 h"),
        (units.three_digits(12345), "12\u202f345"),
    ],
)
def test_numbers_for_people(shown: str, wanted: str) -> None:
    assert shown == wanted


@pytest.mark.parametrize(
    "formatted",
    [
        units.format_bytes,
        units.format_rate,
        units.format_power,
        units.format_energy,
        units.format_percent,
        units.format_temperature,
        units.format_milliseconds,
        units.format_duration,
    ],
)
def test_unknown_is_a_dash_never_zero(formatted: object) -> None:
    assert formatted(None) == "–"  # type: ignore[operator]


@given(st.floats(0, 1e15))
def test_sizes_have_at_most_four_digits_and_a_unit(value: float) -> None:
    number, unit = units.format_bytes(value).rsplit(" ", 1)
    assert unit in {"B", "kB", "MB", "GB", "TB"}
    assert len(number.replace(".", "").replace("\u202f", "")) <= 4


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("15m", 900), ("1.5h", 5400), ("7d", 604800)]
)
def test_durations_are_read(text: str, seconds: float) -> None:
    assert units.parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "-1", "1w", "h", "1e3", "1 h 2"])
def test_other_durations_are_refused(text: str) -> None:
    assert code_of(units.parse_duration, text) == "input.invalid"


def test_ids_are_sixteen_characters_unique_and_sorted_by_time() -> None:
    first = new_id()
    time.sleep(0.003)
    second = new_id()
    assert first < second
    assert len({new_id() for _ in range(5000)}) == 5000
    assert all(len(each) == 16 and each.isalnum() for each in (first, second))


def test_a_prefix_finds_the_one_id_that_it_fits() -> None:
    def resolve(given: str) -> str:
        return resolve_prefix(given, ["abc1", "abc2", "abd", "ab"], kind="job", listing="job list")

    assert resolve("abd") == "abd"
    assert resolve("ab") == "ab"
    assert code_of(resolve, "abc") == "id.ambiguous"
    assert code_of(resolve, "x") == "id.unknown"
    assert code_of(resolve, "") == "id.unknown"


@given(
    st.datetimes(datetime(1971, 1, 1), datetime(2200, 1, 1), timezones=st.just(timezone(timedelta(hours=5))))
)
def test_times_survive_their_text_to_the_millisecond(moment: datetime) -> None:
    text = iso(moment)
    assert text.endswith("Z")
    assert abs(parse_iso(text) - moment) < timedelta(milliseconds=1)
    assert iso(parse_iso(text)) == text


def test_times_without_a_zone_are_utc() -> None:
    assert parse_iso("2027-01-15T08:00:00") == datetime(2027, 1, 15, 8, tzinfo=UTC)
    assert from_epoch(0) == datetime(1970, 1, 1, tzinfo=UTC)
    with pytest.raises(ValueError):
        parse_iso("yesterday")
    clock = SystemClock()
    before = clock.monotonic_s()
    clock.sleep_s(0.01)
    assert clock.monotonic_s() - before >= 0.01
    assert clock.now().tzinfo is UTC


def test_every_option_has_a_valid_default_and_words() -> None:
    options = Options(Path("/nonexistent/options.json"))
    assert [option.name for option in options.declared] == [option.name for option in OPTIONS]
    for option in OPTIONS:
        assert options.get(option.name) == option.default
        assert option.title
        assert option.description.endswith(".")


def test_options_are_kept_private_and_unknown_ones_survive(tmp_path: Path) -> None:
    path = tmp_path / "options.json"
    path.write_text('{"of.the_future": [1]}')
    options = Options(path)
    options.set("ui.theme", "dark")
    options.set("watch.interval_s", 2)
    assert json.loads(path.read_text()) == {"of.the_future": [1], "ui.theme": "dark", "watch.interval_s": 2.0}
    assert path.stat().st_mode & 0o777 == 0o600
    assert Options(path).number("watch.interval_s") == 2.0


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ui.theme", "pink"),
        ("ui.theme", 1),
        ("watch.interval_s", 0.1),
        ("watch.interval_s", True),
        ("history.days", 1.5),
        ("safety.read_only", "yes"),
    ],
)
def test_options_out_of_range_are_refused(tmp_path: Path, name: str, value: object) -> None:
    options = Options(tmp_path / "options.json")
    assert code_of(options.set, name, value) == "options.invalid"
    assert not (tmp_path / "options.json").exists()


def test_unknown_options_and_unreadable_files_are_problems(tmp_path: Path) -> None:
    path = tmp_path / "options.json"
    assert code_of(Options(path).get, "no.such") == "options.unknown"
    for text in ("{", "[]", '"x"'):
        path.write_text(text)
        assert code_of(Options, path) == "file.unreadable"


def test_writing_replaces_whole_files_and_leaves_no_other(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "file"
    write_atomically(path, b"one")
    write_atomically(path, b"two", mode=0o640)
    assert path.read_bytes() == b"two"
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in path.parent.iterdir()] == ["file"]
    assert sha256_of(path) == "3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3"


def test_files_that_cannot_be_written_or_read_are_problems(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert code_of(write_atomically, tmp_path / "file" / "x", b"") == "file.unwritable"
    (tmp_path / "folder" / "inside").mkdir(parents=True)
    assert code_of(write_atomically, tmp_path / "folder", b"") == "file.unwritable"
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith(".")] == []
    assert code_of(sha256_of, tmp_path / "none") == "file.missing"
    assert code_of(sha256_of, tmp_path / "folder") == "file.unreadable"


def test_the_home_is_private_and_found_by_option_then_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Home(tmp_path / "home").make().make()
    assert home.root.stat().st_mode & 0o777 == 0o700
    assert {path.name for path in home.root.iterdir()} == {"logs", "plugins", "blobs"}
    assert {home.database.parent, home.options.parent, home.known_hosts.parent} == {home.root}
    monkeypatch.setenv("TANDEM_HOME", "/from/environment")
    assert find_home("/given").root == Path("/given")
    assert find_home().root == Path("/from/environment")
    monkeypatch.delenv("TANDEM_HOME")
    assert find_home().root.name == "tandem"
    assert find_home("relative").root.is_absolute()


def test_what_ships_is_found_in_the_checkout_and_in_a_bundle(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert shipped("plugins").name == "plugins"
    assert (shipped("plugins").parent / "console").is_dir()
    monkeypatch.setattr("sys._MEIPASS", str(tmp_path), raising=False)
    assert shipped("resources") == tmp_path / "resources"


def test_notices_wait_for_a_listener() -> None:
    notifier = Notifier(keep=2)
    for number in range(3):
        notifier.tell(Notice(str(number)))
    heard: list[Notice] = []
    notifier.listen(heard.append)
    notifier.tell_problem(Problem("file.missing", path="/x"))
    assert [notice.text for notice in heard] == ["1", "2", "There is no file /x."]
    assert (heard[-1].level, heard[-1].key, heard[-1].remedy) == (
        Level.WARNING,
        "file.missing",
        "Check the path and try again.",
    )
