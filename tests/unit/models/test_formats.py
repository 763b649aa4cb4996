"""Formats are told without unpickling anything, and a file that is not what it says is refused."""

from __future__ import annotations

import json
import pickle
import zipfile
from pathlib import Path

import pytest

from console.core.problems import Problem
from console.models.formats import expect_format, look_at_format


class _Bomb:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path("/tmp/tandem-was-unpickled").touch, ())


def archive(path: Path, *names: str, root: str = "model") -> Path:
    with zipfile.ZipFile(path, "w") as file:
        for name in names:
            file.writestr(f"{root}/{name}", pickle.dumps(_Bomb()))
    return path


def safetensors(path: Path, header: object, data: bytes = b"", length: int | None = None) -> Path:
    text = json.dumps(header).encode() if not isinstance(header, bytes) else header
    size = len(text) if length is None else length
    path.write_bytes(size.to_bytes(8, "little") + text + data)
    return path


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.safetensors", "safetensors"),
        ("A.ONNX", "onnx"),
        ("a.gguf", "gguf"),
        ("a.ts", "torchscript"),
        ("a.torchscript", "torchscript"),
        ("a.pt2", "pt2"),
        ("a.pt", None),
        ("a.pth", None),
    ],
)
def test_names_tell_formats(name: str, expected: str | None) -> None:
    assert expect_format(name, None) == expected


@pytest.mark.parametrize(
    ("name", "given", "code"),
    [
        ("weights", None, "model.format_unknown"),
        ("a.txt", None, "model.format_unknown"),
        ("a.pkl", None, "model.format_refused"),
        ("a.joblib", None, "model.format_refused"),
        ("a.bin", None, "model.format_refused"),
        ("a", "../x", "input.invalid"),
    ],
)
def test_names_that_tell_nothing_good(name: str, given: str | None, code: str) -> None:
    with pytest.raises(Problem) as caught:
        expect_format(name, given)
    assert caught.value.code == code


def test_a_given_format_goes_first() -> None:
    assert expect_format("weights", "safetensors") == "safetensors"
    assert expect_format("a.onnx", "my-own") == "my-own"


def test_a_pt_file_is_told_by_its_directory_alone(tmp_path: Path) -> None:
    script = archive(tmp_path / "s.pt", "data.pkl", "constants.pkl", "code/__torch__.py", "data/0")
    exported = archive(tmp_path / "e.pt2", "archive_format", "data/weights/0")
    state = archive(tmp_path / "w.pt", "data.pkl", "data/0", "version")
    assert look_at_format(script, "s.pt", None) == "torchscript"
    assert look_at_format(script, "s.pt", "torchscript") == "torchscript"
    assert look_at_format(exported, "e.pt2", "pt2") == "pt2"
    with pytest.raises(Problem, match="it is a pickle, which can run code"):
        look_at_format(state, "w.pt", None)
    with pytest.raises(Problem, match="it is torchscript, not pt2"):
        look_at_format(script, "s.pt", "pt2")
    assert not Path("/tmp/tandem-was-unpickled").exists()


@pytest.mark.parametrize(
    ("data", "expected", "reason"),
    [
        (b"", None, "it is empty"),
        (pickle.dumps(_Bomb()), None, "it is a pickle"),
        (b"hello", None, "no archive of PyTorch"),
        (b"PK\x03\x04 cut", None, "its archive is damaged"),
        (b"hello", "gguf", "no GGUF"),
        (b"PK\x03\x04", "onnx", "no ONNX"),
        (b"\x05", "safetensors", "cut off"),
        (b"\xff" * 8 + b"{}", "safetensors", "beyond all measure"),
        ((4).to_bytes(8, "little") + b"[1] ", "safetensors", "no JSON object"),
        ((4).to_bytes(8, "little") + b"{{{{", "safetensors", "no JSON"),
    ],
)
def test_what_is_not_what_it_says_is_refused(
    tmp_path: Path, data: bytes, expected: str | None, reason: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(Problem, match=reason) as caught:
        look_at_format(path, "file", expected)
    assert caught.value.code == "model.format_refused"


def test_safetensors_must_hold_what_its_header_speaks_of(tmp_path: Path) -> None:
    header = {"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}, "__metadata__": {"x": "y"}}
    good = safetensors(tmp_path / "g", header, b"1234")
    assert look_at_format(good, "g", "safetensors") == "safetensors"
    for broken in (
        safetensors(tmp_path / "short", header, b"123"),
        safetensors(tmp_path / "long", header, b"12345"),
        safetensors(tmp_path / "odd", {"a": {"data_offsets": ["0", "4"]}}, b"1234"),
        safetensors(tmp_path / "none", {"a": 3}, b"1234"),
    ):
        with pytest.raises(Problem) as caught:
            look_at_format(broken, "x", "safetensors")
        assert caught.value.code == "model.format_refused"


def test_a_format_of_a_plugin_is_taken_at_its_word(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"anything")
    assert look_at_format(path, "x", "my-own") == "my-own"
