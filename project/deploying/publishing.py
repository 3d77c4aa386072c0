"""Put the static files that a stage's pages name into the bucket behind its origin.

    python -m project.deploying.publishing STAGE

Their names hold a sum of their content: what is there stays as it is, is kept by browsers for ever,
and is never deleted, for pages of the release before still ask for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.files import File
from whitenoise.media_types import MediaTypes

from project.deploying import building
from project.deploying.contents import ROOT
from project.deploying.runtimes import Refused
from project.deploying.stages import outputs_of

FOLDER: Final = "static"
# A year, the longest that caches heed. RFC 8246 has the last word.
KEPT: Final = "public, max-age=31536000, immutable"


def publish(folder: Path, bucket: str) -> list[str]:
    """Upload the files of a manifest that are not in the bucket yet; return their names."""
    storage = _storage(bucket)
    manifest = json.loads((folder / building.MANIFEST.name).read_text())
    new = [name for name in sorted(set(manifest["paths"].values())) if not storage.exists(name)]
    for name in new:
        with (folder / name).open("rb") as file:
            storage.save(name, File(file))
    return new


def _storage(bucket: str) -> Any:
    # Imported here: it brings boto3, and asks for settings.
    from storages.backends.s3 import S3StaticStorage

    types = MediaTypes()

    class Published(S3StaticStorage):  # type: ignore[misc]  # It has no types.
        def get_object_parameters(self, name: str) -> dict[str, str]:
            # Python's own list is that of the machine.
            type_ = types.get_type(name)
            charset = "; charset=utf-8" if type_.startswith("text/") else ""
            return {"CacheControl": KEPT, "ContentType": type_ + charset}

    return Published(bucket_name=bucket, location=FOLDER)


def main(stage: str) -> None:
    folder = ROOT / "build" / "static"
    building.collect_static(folder)
    settings.configure(USE_TZ=True)
    bucket = outputs_of(stage).get("StaticBucket")
    if not bucket:
        raise Refused(f"The outputs of {stage} name no StaticBucket.")
    new = publish(folder, bucket)
    sys.stdout.write(f"{len(new)} new static files are in {bucket}.\n")


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Refused as refusal:
        sys.exit(str(refusal))
