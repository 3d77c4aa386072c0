"""An encrypted stream that cannot be changed, cut short or put in another order unseen.

After a line that names the format come 16 bytes of salt and chunks, each a length of 4 bytes and
AES-256-GCM of at most 1 MiB. The key of a file is derived from the key of backups and the salt, so
the nonces may simply count; the last chunk says in its nonce that it is the last.

References
----------
V. T. Hoang, R. Reyhanitabar, P. Rogaway, D. Vizár, Online Authenticated-Encryption and its
Nonce-Reuse Misuse-Resistance, CRYPTO 2015 (the STREAM construction).
"""

from __future__ import annotations

import base64
import binascii
import io
import os
from typing import IO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC: Final = b"headroom/backup/1\n"
SALT_BYTES: Final = 16
KEY_BYTES: Final = 32
CHUNK_BYTES: Final = 1024 * 1024
TAG_BYTES: Final = 16


class BadBackup(Exception):
    """A backup that cannot be used, with a sentence that says why."""


def new_key() -> str:
    return base64.urlsafe_b64encode(os.urandom(KEY_BYTES)).decode()


def parse_key(text: str) -> bytes:
    """Return the key in the text of `new_key`. Raises BadBackup."""
    try:
        key = base64.urlsafe_b64decode(text)
    except binascii.Error as error:
        raise BadBackup("BACKUP_KEY is not base64.") from error
    if len(key) != KEY_BYTES:
        raise BadBackup("BACKUP_KEY must hold 32 bytes; `manage.py backup --new-key` makes one.")
    return key


class SealedWriter(io.RawIOBase):
    """Encrypt what is written; `close` writes the last chunk and leaves the file open."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self.file = file
        salt = os.urandom(SALT_BYTES)
        self.cipher = _cipher(key, salt)
        self.buffer = bytearray()
        self.count = 0
        file.write(MAGIC + salt)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]  # gzip hands over bytes.
        self.buffer += data
        # The last chunk is written by `close`, so one is always held back.
        while len(self.buffer) > CHUNK_BYTES:
            self._seal(bytes(self.buffer[:CHUNK_BYTES]), is_last=False)
            del self.buffer[:CHUNK_BYTES]
        return len(data)

    def close(self) -> None:
        if not self.closed:
            self._seal(bytes(self.buffer), is_last=True)
        super().close()

    def _seal(self, data: bytes, *, is_last: bool) -> None:
        sealed = self.cipher.encrypt(_nonce(self.count, is_last), data, MAGIC)
        self.file.write(len(sealed).to_bytes(4, "big") + sealed)
        self.count += 1


class SealedReader(io.RawIOBase):
    """Decrypt a file of `SealedWriter`. Reading raises BadBackup where it is not whole."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        self.file = file
        if file.read(len(MAGIC)) != MAGIC:
            raise BadBackup("This is no backup of Headroom.")
        self.cipher = _cipher(key, file.read(SALT_BYTES))
        self.buffer = b""
        self.count = 0
        self.is_over = False

    def readable(self) -> bool:
        return True

    def readinto(self, target: bytearray) -> int:  # type: ignore[override]  # As io says.
        while not self.buffer and not self.is_over:
            self.buffer = self._open()
        count = min(len(target), len(self.buffer))
        target[:count] = self.buffer[:count]
        self.buffer = self.buffer[count:]
        return count

    def _open(self) -> bytes:
        length = int.from_bytes(self.file.read(4), "big")
        if length > CHUNK_BYTES + TAG_BYTES:
            raise BadBackup(DAMAGED)
        sealed = self.file.read(length)
        for is_last in (False, True):
            try:
                data = self.cipher.decrypt(_nonce(self.count, is_last), sealed, MAGIC)
            except (InvalidTag, ValueError):
                continue
            if is_last and self.file.read(1):
                break
            self.is_over = is_last
            self.count += 1
            return data
        raise BadBackup(DAMAGED)


DAMAGED: Final = "The key is another one, or the backup is damaged or cut short."


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=MAGIC)
    return AESGCM(derive.derive(key))


def _nonce(count: int, is_last: bool) -> bytes:
    return count.to_bytes(11, "big") + bytes([is_last])
