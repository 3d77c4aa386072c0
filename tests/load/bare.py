"""The same package with an empty Django project in place of Headroom: a view with one query."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

PATH = "/"
SETTINGS = """
import os
SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "project.urls"
INSTALLED_APPS = [f"django.contrib.{name}" for name in
    ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware", "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware"]
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True,
    "OPTIONS": {"context_processors": ["django.template.context_processors.request",
    "django.contrib.auth.context_processors.auth",
    "django.contrib.messages.context_processors.messages"]}}]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql",
    "NAME": os.environ["DATABASE_URL"].rpartition("/")[2]}}
"""
URLS = """
from django.contrib.contenttypes.models import ContentType
from django.http import HttpResponse
from django.urls import path


def view(request):
    return HttpResponse(ContentType.objects.order_by("pk")[0].model)


urlpatterns = [path("", view)]
"""


def bare_django(folder: Path, ours: Path, python: str) -> Path:
    """Return the root of the package with that project; its database connection is Django's own."""
    root = folder / "bare"
    shutil.copytree(ours, root)
    for name in ("apps", "templates"):
        shutil.rmtree(root / name)
    (root / "project" / "settings.py").write_text(SETTINGS)
    (root / "project" / "urls.py").write_text(URLS)
    mode = ["-q", "-f", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([python, "-m", "compileall", *mode, root / "project"], check=True)
    return root
