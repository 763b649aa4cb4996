"""What a model and its versions are, as data. No I/O lives here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AddModel:
    """A version to register.

    Attributes:
        path: the artifact: on this machine, or on `server` where one is given.
        format: None to tell it from the name.
        from_job: the job that made it, for lineage; its metrics are taken over.
    """

    name: str
    path: str
    format: str | None = None
    metrics: dict[str, float] = field(default_factory=dict)
    from_job: str | None = None
    server: str | None = None


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """One version; the artifact is kept by its content in the home's blobs."""

    name: str
    version: int
    format: str
    sha256: str
    size_bytes: int
    blob: Path
    created: datetime
    created_by: str
    metrics: dict[str, float] = field(default_factory=dict)
    job: str | None = None
    aliases: tuple[str, ...] = ()
    file_name: str = ""

    @property
    def ref(self) -> str:
        """name@version."""
        return f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Model:
    """A name with its versions, newest first."""

    name: str
    versions: tuple[ModelVersion, ...]
