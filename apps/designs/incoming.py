"""Files that are too large for a request of Lambda come by way of the bucket.

The browser announces them, posts each to the bucket under a key of its own, and sends receipts with
the form in place of the files. A receipt is signed for one team and one session, so a key that is
somebody else's opens nothing. Each file is read once, and deleted as it is read.

References
----------
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import closing
from dataclasses import astuple, dataclass
from typing import Any, Final, Self, cast

from django.conf import settings
from django.core import signing
from django.core.exceptions import BadRequest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import Http404, QueryDict
from django.utils.datastructures import MultiValueDict

from apps.accounts.http import UserRequest
from apps.designs.forms import too_much

# A lifecycle rule in infra/storage.yaml takes away what nobody has read after a day.
FOLDER: Final = "incoming"
TYPE: Final = "application/octet-stream"
SALT: Final = "headroom.designs.incoming"
GRANTED_S: Final = 600
# Sending may begin at the last moment of a grant, and be slow.
RECEIPT_S: Final = 2 * GRANTED_S


class NotReceived(Exception):
    """A file cannot be had from the bucket; the message is for the person."""


@dataclass(frozen=True, slots=True)
class Announced:
    """A file that a browser is about to send: for which team, its name and size."""

    team_id: str
    name: str
    bytes_: int
    key: str

    @classmethod
    def of(cls, team_id: str, text: str) -> Self:
        """Read `SIZE NAME`; raises BadRequest."""
        size, _, path = text.partition(" ")
        name = path.replace("\\", "/").rpartition("/")[2]
        if not (size.isdecimal() and len(size) < 16 and name.isprintable()):
            raise BadRequest("A file is announced by its size and its name.")
        if name in ("", ".", ".."):
            raise BadRequest("A file has a name.")
        return cls(team_id, name[-200:], int(size), f"{FOLDER}/{team_id}/{uuid.uuid4()}")


def is_open() -> bool:
    """Say whether there is a bucket that browsers may be let to."""
    return bool(settings.MEDIA_ORIGIN)


def largest_form_bytes() -> int:
    """Return how much a form carries itself; 0 if it carries whatever is read."""
    return settings.LARGEST_BODY_BYTES if is_open() else 0


def grants(session_key: str, files: Sequence[Announced]) -> list[dict[str, Any]]:
    """Return for each file where to post it, the fields to post with it, and its receipt.

    Raises
    ------
    NotReceived
        If the files are more than is read; then nothing is granted.
    """
    problem = too_much([file.name for file in files], [file.bytes_ for file in files])
    if problem:
        raise NotReceived(problem)
    return [{**_post_of(file), "receipt": _receipt(session_key, file)} for file in files]


def files_of(request: UserRequest, team_id: str) -> tuple[MultiValueDict[str, Any], str]:
    """Return the files of a form, and why there are none if the bucket has them no more.

    Raises
    ------
    Http404
        If a receipt is not of this session, or for another team.
    """
    receipts = cast(QueryDict, request.POST).getlist("received")
    if not (receipts and is_open()):
        return request.FILES, ""
    try:
        files = _taken(request.session.session_key or "", team_id, receipts)
    except NotReceived as problem:
        return MultiValueDict(), str(problem)
    return MultiValueDict({"template": files}), ""


def _taken(session_key: str, team_id: str, receipts: Sequence[str]) -> list[SimpleUploadedFile]:
    announced = [_announced(session_key, team_id, receipt) for receipt in receipts]
    problem = too_much([file.name for file in announced], [file.bytes_ for file in announced])
    if problem:
        raise NotReceived(problem)
    return [SimpleUploadedFile(file.name, _take(file), TYPE) for file in announced]


def _receipt(session_key: str, file: Announced) -> str:
    return signing.dumps(astuple(file), salt=f"{SALT}.{session_key}")


def _announced(session_key: str, team_id: str, receipt: str) -> Announced:
    try:
        said = signing.loads(receipt, salt=f"{SALT}.{session_key}", max_age=RECEIPT_S)
    except signing.SignatureExpired:
        raise NotReceived("The files were sent too long ago; choose them again.") from None
    except signing.BadSignature:
        raise Http404("A receipt of another session") from None
    file = Announced(*said)
    if file.team_id != team_id:
        raise Http404("A receipt for another team")
    return file


def _post_of(file: Announced) -> dict[str, Any]:
    bucket = cast(Any, default_storage)
    post: dict[str, Any] = bucket.connection.meta.client.generate_presigned_post(
        bucket.bucket_name,
        file.key,
        Fields={"Content-Type": TYPE},
        Conditions=[{"Content-Type": TYPE}, ["content-length-range", file.bytes_, file.bytes_]],
        ExpiresIn=GRANTED_S,
    )
    return post


def _take(file: Announced) -> bytes:
    """Return a file, and leave nothing of it in the bucket once the request is through."""
    bucket = cast(Any, default_storage)
    client, place = bucket.connection.meta.client, {"Bucket": bucket.bucket_name, "Key": file.key}
    try:
        answer = client.get_object(**place)
    except client.exceptions.NoSuchKey:
        raise NotReceived(
            f"{file.name} did not arrive, or was read already; choose it again."
        ) from None
    with closing(answer["Body"]) as body:
        # The bucket has checked the size; memory does not rest on that.
        content: bytes = body.read(file.bytes_ + 1)
    _delete_on_commit(client, place, answer.get("VersionId", ""))
    if len(content) != file.bytes_:
        raise NotReceived(f"{file.name} has not the size that was announced; choose it again.")
    return content


def _delete_on_commit(client: Any, place: dict[str, str], version: str) -> None:
    """Delete what was read once the rest is kept; what is rolled back can be asked for again."""
    # A version that is not named would be hidden, and stay; templates hold secrets.
    named = {"VersionId": version} if version not in ("", "null") else {}

    def delete() -> None:
        client.delete_object(**place, **named)

    # Robust: what was read is good all the same, and the bucket deletes the rest tomorrow.
    transaction.on_commit(delete, robust=True)
