"""Settings of the product under faults: as outside home, but for what only a domain has."""

from __future__ import annotations

import os
from pathlib import Path

from project.settings import *  # noqa: F403  As settings are extended.

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# As on AWS: what is counted there is lost and refused with the database.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache"}
}
MEDIA_ROOT = Path(os.environ.get("FAULTS_MEDIA", ""))
STORAGES = STORAGES | {  # noqa: F405
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
WHITENOISE_AUTOREFRESH = True
