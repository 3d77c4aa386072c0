"""Downloads that no answer of Lambda can hold go through the bucket.

They are put there under a name that nobody can guess, and the browser is led to an address that is
signed, and good for ten minutes. Pages are never sent so: whoever has the address has the file.
"""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase

# Lifecycle rules in infra/storage.yaml take away what lies there after a day.
FOLDER: Final = "exports"
GOOD_FOR_S: Final = 600
IN_MEMORY_BYTES: Final = 8 * 1024 * 1024


class LargeAnswerMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not (settings.MEDIA_BUCKET and _is_download(response) and _is_large(response)):
            return response
        return _through_the_bucket(response)


def _is_download(response: HttpResponseBase) -> bool:
    disposition = response.headers.get("Content-Disposition", "")
    return response.status_code == 200 and disposition.startswith("attachment")


def _is_large(response: HttpResponseBase) -> bool:
    """Say whether an answer is larger than Lambda's, or does not say how large it is."""
    if isinstance(response, HttpResponse):
        return len(response.content) > settings.LARGEST_BODY_BYTES
    size = response.headers.get("Content-Length")
    return size is None or int(size) > settings.LARGEST_BODY_BYTES


def _through_the_bucket(response: HttpResponseBase) -> HttpResponse:
    # Only a bucket signs addresses; other storages know no such parameters.
    storage = cast(Any, default_storage)
    with _body(response) as body:
        name = storage.save(f"{FOLDER}/{uuid.uuid4()}", File(body))
    said = {
        "ResponseContentDisposition": response.headers["Content-Disposition"],
        "ResponseContentType": response.headers["Content-Type"],
    }
    answer = HttpResponseRedirect(storage.url(name, parameters=said, expire=GOOD_FOR_S))
    answer.headers["Cache-Control"] = "private, no-store"
    # Closed with the answer that takes its place: closing it says that the request is over.
    cast(Any, answer)._resource_closers.extend(cast(Any, response)._resource_closers)
    return answer


def _body(response: HttpResponseBase) -> IO[bytes]:
    body = tempfile.SpooledTemporaryFile(IN_MEMORY_BYTES)  # noqa: SIM115  Whoever asked closes it.
    if isinstance(response, HttpResponse):
        body.write(response.content)
    else:
        for part in cast(StreamingHttpResponse, response):
            body.write(part)
    body.seek(0)
    return body
