"""Write a file as the one note of Headroom on a merge request, or bring that note up to date."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

MARK = "<!-- headroom-forecast -->"
# GitLab's own bound for a page; a merge request with more notes gets a note of its own.
MOST_PAGES, PER_PAGE = 20, 100


def main(file: str) -> None:
    text = Path(file).read_text(encoding="utf-8")
    own = next((note for note in notes() if MARK in note["body"] and not note["system"]), None)
    if own is None:
        call("POST", "", {"body": text})
    else:
        call("PUT", f"/{own['id']}", {"body": text})


def notes() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for page in range(1, MOST_PAGES + 1):
        part = call("GET", f"?per_page={PER_PAGE}&page={page}")
        found += part
        if len(part) < PER_PAGE:
            break
    return found


def call(method: str, path: str, body: dict[str, str] | None = None) -> Any:
    """Ask the API about the notes of this merge request."""
    env = os.environ
    project, number = env["CI_PROJECT_ID"], env["CI_MERGE_REQUEST_IID"]
    url = f"{env['CI_API_V4_URL']}/projects/{project}/merge_requests/{number}/notes{path}"
    headers = {
        "PRIVATE-TOKEN": env["HEADROOM_NOTE_TOKEN"],
        "Content-Type": "application/json",
    }
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, headers, method=method)  # noqa: S310  GitLab's own address.
    with urlopen(request, timeout=30) as answer:  # noqa: S310  As above.
        return json.load(answer)


if __name__ == "__main__":
    main(sys.argv[1])
