"""Designs of a team, their versions, and the files that they were read from."""

from __future__ import annotations

from apps.designs.models.design import Design
from apps.designs.models.upload import Upload
from apps.designs.models.version import Version

__all__ = ["Design", "Upload", "Version"]
