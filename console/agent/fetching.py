"""A file from a URL onto this server: resumed by Range, bounded by the disk, kept only if its hash fits."""

import contextlib
import fcntl
import hashlib
import http.client
import os
import re
import threading
import urllib.error
import urllib.request
from typing import Any, Dict, Optional, Tuple

from . import paths
from .copy_files import NOFOLLOW, Writeback, hash_upto, set_attributes, write_whole
from .paths import raw
from .wire import AgentError, from_os_error, no_space

Message = Dict[str, Any]

_PIECE = 512 * 1024
_TIMEOUT_S = 60.0
_TRIES = 8
_FIRST_TRIES = 3
_SPARE = 64 * 1024 * 1024
_AGENT = "tandem-fetch"
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)$")
# What is worth another try; other answers say that there is nothing to be had.
_AGAIN = (408, 425, 429, 500, 502, 503, 504)


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirects to the web alone, and never from an encrypted place to an open one."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        scheme = newurl.split(":", 1)[0].lower()
        if scheme not in ("http", "https") or (scheme == "http" and req.full_url.startswith("https:")):
            raise urllib.error.HTTPError(req.full_url, code, "it redirects to %s:" % scheme, headers, fp)
        return super().redirect_request(req, fp, code, msg, headers, newurl)


class _Fetch:
    """One file that comes."""

    def __init__(self, carrier: Any) -> None:
        config = carrier.config
        self.carrier = carrier
        self.url = str(config["url"])
        self.wanted = str(config["sha256"])
        self.limit: "Optional[int]" = config.get("max_bytes")
        self.path = self._target(str(config["to"]))
        folder, name = os.path.split(self.path)
        key = hashlib.sha256(raw("%s|%s" % (self.url, self.wanted))).hexdigest()[:12]
        self.part = os.path.join(folder, ".%s.%s.part" % (name[:200], key))
        # Proxies come from the environment, as `http_proxy`, `https_proxy` and `no_proxy` say.
        self.opener = urllib.request.build_opener(_WebOnly)
        self.tag: "Optional[str]" = None

    def _target(self, given: str) -> str:
        path = paths.absolute(given)
        if given.endswith("/") or os.path.isdir(raw(path)):
            path = os.path.join(path, os.path.basename(self.url.split("?", 1)[0].rstrip("/")) or "fetched")
        if path.startswith(paths.tandem() + os.sep):
            path = paths.confined(path)
        folder = os.path.dirname(path)
        paths.guarded(folder, lambda: os.makedirs(raw(folder), 0o777, exist_ok=True))
        return path

    def failed(self, reason: str) -> AgentError:
        return AgentError("transfer.url_failed", url=self.url, reason=reason)

    # --- what is there

    def whole(self) -> bool:
        """Whether the file is there already, by its hash."""
        try:
            descriptor = os.open(raw(self.path), os.O_RDONLY | NOFOLLOW)
        except OSError:
            return False
        try:
            size = os.fstat(descriptor).st_size
            self.carrier.tally.total = self.carrier.tally.done = size
            return hash_upto(descriptor, size).hexdigest() == self.wanted  # type: ignore[no-any-return]
        finally:
            os.close(descriptor)

    def run(self) -> Message:
        """Fetch it, in as many answers as it takes."""
        if self.whole():
            return self._result(unchanged=1)
        try:
            descriptor = os.open(raw(self.part), os.O_RDWR | os.O_CREAT | NOFOLLOW, 0o600)
        except OSError as error:
            raise from_os_error(error, self.path) from error
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError as error:
                raise AgentError(
                    "remote.not_writable", path=self.path, reason="the same file is being fetched there"
                ) from error
            self._fill(descriptor)
        except OSError as error:
            if no_space(error):
                self._no_space(int(self.carrier.tally.total))
            raise from_os_error(error, self.path) from error
        finally:
            os.close(descriptor)
        return self._result(unchanged=0)

    def _result(self, unchanged: int) -> Message:
        tally = self.carrier.tally
        return {
            "root": self.path,
            "files": 1,
            "unchanged": unchanged,
            "bytes": tally.done,
            "sha256": self.wanted,
            "digest": None,
            "skipped": [],
        }

    def _fill(self, descriptor: int) -> None:
        offset = os.fstat(descriptor).st_size
        digest = hash_upto(descriptor, offset)
        resumed, tries = offset > 0, 0
        while True:
            self.carrier.check()
            before = offset
            try:
                digest, offset, whole = self._answer(descriptor, digest, offset)
            except _Broken as broken:
                offset = os.lseek(descriptor, 0, os.SEEK_CUR)
                tries = 1 if offset > before else tries + 1
                if not broken.again or tries > (_TRIES if offset else _FIRST_TRIES):
                    self._drop_empty(offset)
                    raise self.failed(broken.reason) from broken
                self._pause(min(10.0, 0.25 * 2**tries))
                digest = hash_upto(descriptor, offset)
                resumed = resumed or offset > 0
                continue
            if not whole:
                continue
            if digest.hexdigest() == self.wanted:
                break
            if not resumed:
                self.drop()
                raise AgentError("transfer.url_mismatch", url=self.url, found=digest.hexdigest())
            # What was there before may have been of another file: once more, from the start.
            resumed, offset, digest = False, 0, hashlib.sha256()
            os.ftruncate(descriptor, 0)
        set_attributes(
            descriptor,
            0o666 & ~int(self.carrier.config.get("umask", 0o077)),
            os.fstat(descriptor).st_mtime_ns,
        )
        os.fsync(descriptor)
        os.rename(raw(self.part), raw(self.path))
        paths.sync_folder(os.path.dirname(self.path))

    def _drop_empty(self, offset: int) -> None:
        if not offset:
            self.drop()

    def drop(self) -> None:
        """Nothing of it stays."""
        with contextlib.suppress(OSError):
            os.unlink(raw(self.part))

    def _pause(self, seconds: float) -> None:
        for _ in range(max(1, int(seconds / 0.1))):
            self.carrier.check()
            threading.Event().wait(0.1)

    # --- one answer

    def _open(self, offset: int) -> Any:
        headers = {"User-Agent": _AGENT, "Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = "bytes=%d-" % offset
            if self.tag:
                headers["If-Range"] = self.tag
        try:
            return self.opener.open(urllib.request.Request(self.url, headers=headers), timeout=_TIMEOUT_S)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == 416 and offset:
                    return None
                reason = "HTTP %d %s" % (error.code, str(error.reason)[:100])
                raise _Broken(reason, error.code in _AGAIN) from error
        except urllib.error.URLError as error:
            cause = error.reason
            words = cause.strerror if isinstance(cause, OSError) and cause.strerror else str(cause)
            raise _Broken(words[:200], not _is_trust(cause)) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise _Broken(_words(error), not isinstance(error, ValueError)) from error

    def _answer(self, descriptor: int, digest: Any, offset: int) -> "Tuple[Any, int, bool]":
        """The hash and the size after one answer, and whether that was all."""
        answer = self._open(offset)
        if answer is None:  # nothing is behind what we have
            return digest, offset, True
        with answer:
            start, total = self._where(answer, offset)
            if start != offset:
                digest, offset = hashlib.sha256(), 0
            os.ftruncate(descriptor, offset)
            os.lseek(descriptor, offset, os.SEEK_SET)
            self.tag = _strong(answer.headers.get("ETag"))
            self._check_room(total, offset)
            tally = self.carrier.tally
            tally.done, tally.total = offset, total or 0
            writeback = Writeback(descriptor)
            try:
                offset = self._body(answer, descriptor, digest, offset, writeback)
            finally:
                writeback.join()
            if total is not None and offset < total:
                raise _Broken("the answer ended at %d of %d bytes" % (offset, total), True)
            return digest, offset, True

    def _body(self, answer: Any, descriptor: int, digest: Any, offset: int, writeback: Writeback) -> int:
        while True:
            self.carrier.check()
            try:
                data = answer.read(_PIECE)
            except (OSError, http.client.HTTPException, ValueError) as error:
                raise _Broken(_words(error), True) from error
            if not data:
                return offset
            offset += len(data)
            if self.limit is not None and offset > self.limit:
                self.drop()
                raise AgentError("transfer.too_large", url=self.url, limit=self.limit)
            digest.update(data)
            write_whole(descriptor, data)
            writeback.wrote(len(data))
            tally = self.carrier.tally
            tally.done, tally.wire = offset, tally.wire + len(data)

    def _where(self, answer: Any, offset: int) -> "Tuple[int, Optional[int]]":
        """Where the answer begins, and the size of the whole where it says so."""
        length = answer.headers.get("Content-Length")
        size = int(length) if length and length.isdigit() else None
        if answer.status == 206:
            found = _RANGE.match(str(answer.headers.get("Content-Range") or ""))
            if found is None or int(found.group(1)) != offset:
                raise _Broken("it answered with another range than was asked for", False)
            return offset, int(found.group(2)) if found.group(2) != "*" else None
        if answer.status != 200:
            raise _Broken("HTTP %d" % answer.status, False)
        return 0, size

    def _check_room(self, total: "Optional[int]", offset: int) -> None:
        if total is None:
            return
        if self.limit is not None and total > self.limit:
            self.drop()
            raise AgentError("transfer.too_large", url=self.url, limit=self.limit)
        found = os.statvfs(raw(os.path.dirname(self.part)))
        free = found.f_bavail * found.f_frsize
        if total - offset > max(0, free - min(_SPARE, free // 100)):
            self._no_space(total)

    def _no_space(self, total: int) -> None:
        self.drop()
        found = os.statvfs(raw(os.path.dirname(self.part)))
        raise AgentError(
            "transfer.disk_full", path=self.path, needed=total, free=found.f_bavail * found.f_frsize
        )


class _Broken(Exception):
    """An answer that did not bring the whole."""

    def __init__(self, reason: str, again: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.again = again


def _words(error: BaseException) -> str:
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return (text or type(error).__name__)[:200]


def _is_trust(cause: Any) -> bool:
    """Whether a certificate was refused: that will not mend by itself."""
    return "CERTIFICATE_VERIFY_FAILED" in str(cause)


def _strong(tag: "Optional[str]") -> "Optional[str]":
    return tag if tag and tag.startswith('"') else None


def fetch(carrier: Any) -> Message:
    """Do it.

    Raises:
        AgentError; what `carrier.check` raises, and then nothing of it stays.
    """
    carrier.phase = "fetching"
    one = _Fetch(carrier)
    carrier.clean_up = one.drop
    try:
        return one.run()
    except BaseException:
        if carrier.cancelled:
            one.drop()
        raise
