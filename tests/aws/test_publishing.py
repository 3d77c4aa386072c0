"""The static files of a release, in the bucket behind their origin."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest

from project.deploying import building
from project.deploying.publishing import publish
from tests.aws.buckets import REGION, keys

NAME = "static-files"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("static") / "files"
    building.collect_static(path)
    return path


@pytest.fixture
def bucket(moto: str) -> Any:
    made = boto3.resource("s3", region_name=REGION).Bucket(NAME)
    made.create()
    return made


def test_each_file_that_pages_name_is_there_for_ever(folder: Path, bucket: Any) -> None:
    new = publish(folder, NAME)

    named = set(json.loads((folder / "staticfiles.json").read_text())["paths"].values())
    assert set(new) == named
    assert keys(bucket) == {f"static/{name}" for name in named}
    for name in named:
        answer = bucket.Object(f"static/{name}").get()
        assert answer["CacheControl"] == "public, max-age=31536000, immutable"
        assert answer["Body"].read() == (folder / name).read_bytes()
    types = {Path(name).suffix: bucket.Object(f"static/{name}").content_type for name in named}
    assert types[".css"] == "text/css; charset=utf-8"
    assert types[".js"] == "text/javascript; charset=utf-8"
    assert types[".svg"] == "image/svg+xml"
    assert types[".woff2"] == "font/woff2"

    assert publish(folder, NAME) == []
