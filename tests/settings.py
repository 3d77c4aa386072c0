"""Settings for the test run: fast hashing, no outside services, either database.

PostgreSQL, at the address in PGHOST, unless TEST_DATABASE says `sqlite`. With `proxy` a stand-in
for RDS Proxy is in between.
"""

from __future__ import annotations

import os

os.environ["STAGE"] = "home"
os.environ["SECRET_KEY"] = "only-for-tests"
os.environ["DATABASE_URL"] = (
    "sqlite:///:memory:"
    if os.environ.get("TEST_DATABASE") == "sqlite"
    else "postgresql:///headroom"
)

from project.settings import *  # noqa: F403  The environment comes first.

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "backups": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
WHITENOISE_AUTOREFRESH = True  # Without it every test client would read all static files.
