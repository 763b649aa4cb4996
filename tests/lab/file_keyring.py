"""A keyring for the real command: keeps in the file that LAB_KEYRING names, as no keyring should."""

from __future__ import annotations

import json
import os
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import PasswordDeleteError


class FileKeyring(KeyringBackend):
    """Chosen by PYTHON_KEYRING_BACKEND=tests.lab.file_keyring.FileKeyring."""

    priority = 9  # type: ignore[assignment]

    @property
    def _path(self) -> Path:
        return Path(os.environ["LAB_KEYRING"])

    def _held(self) -> dict[str, str]:
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def get_password(self, service: str, username: str) -> str | None:
        return self._held().get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self._path.write_text(json.dumps({**self._held(), username: password}))

    def delete_password(self, service: str, username: str) -> None:
        held = self._held()
        if held.pop(username, None) is None:
            raise PasswordDeleteError(username)
        self._path.write_text(json.dumps(held))
