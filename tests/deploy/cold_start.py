"""How long a cold start takes, beside the same application as stock Zappa packages it.

    .venv/bin/python -m tests.deploy.cold_start python3.13

From the start of the process to the first whole response, the files in memory, in CPU time, which
other work on the machine disturbs least; the variants take turns, and the median of several starts
is compared. The ratios are what counts: a goal that is missed ends it with 1.
"""

from __future__ import annotations

import compileall
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from py_compile import PycInvalidationMode

from tests.deploy.events import rest_api_event
from tests.deploy.sandbox import Sandbox

ROOT = Path(__file__).resolve().parent.parent.parent
STARTS = 9
OURS = "Headroom"
# The most that ours may be of another's. [ratio]
GOALS = {"stock Zappa": 0.35, "bare Django": 1.5, "WSGI hello": 4.0}
ENTRY = "project.lambda_entry.lambda_handler"
STOCK = "handler.lambda_handler"
VARIABLES = {
    "SECRET_KEY": "0123456789" * 6,
    "ALLOWED_HOSTS": ".amazonaws.com",
    "DATABASE_URL": "postgresql://127.0.0.1:9/none",  # Nothing listens there.
    "MEDIA_BUCKET": "none",
    "EMAIL_HOST": "none",
    "EMAIL_HOST_PASSWORD": "none",
    "DEFAULT_FROM_EMAIL": "none@example.com",
    "STATIC_ORIGIN": "https://static.example.com",
}
BARE_SETTINGS = """
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
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": "none"}}
"""
BARE_URLS = """
from django.contrib import admin
from django.http import HttpResponse
from django.urls import path
urlpatterns = [path("admin/", admin.site.urls), path("", lambda request: HttpResponse("hello"))]
"""
HELLO = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"hello"]
"""


@dataclass(frozen=True)
class Variant:
    name: str
    root: Path
    handler: str
    variables: Mapping[str, str]


def main() -> int:
    runtime = sys.argv[1]
    python = str(ROOT / f".venv-lambda-{runtime}" / "bin" / "python")
    with tempfile.TemporaryDirectory() as folder:
        variants = make_variants(Path(folder), runtime)
        seconds: dict[str, list[float]] = {variant.name: [] for variant in variants}
        for _ in range(STARTS + 1):
            for variant in variants:
                seconds[variant.name].append(start(variant, python))
    # The first start of each reads its files.
    return report({name: times[1:] for name, times in seconds.items()})


def report(seconds: Mapping[str, list[float]]) -> int:
    """Print what each took and what ours is of it; return 1 if a goal is missed."""
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    ratios = {name: medians[OURS] / median for name, median in medians.items()}
    for name, median in medians.items():
        goal = f", goal at most {GOALS[name]:.2f}" if name in GOALS else ""
        least = min(seconds[name])
        sys.stdout.write(
            f"{name:12} {median:.3f} s (least {least:.3f}), ours {ratios[name]:.2f}x{goal}\n"
        )
    return int(any(ratios[name] > goal for name, goal in GOALS.items()))


def start(variant: Variant, python: str) -> float:
    """Return the CPU seconds of one cold start, the runtime client included."""
    with Sandbox(
        variant.root, python=python, handler=variant.handler, environment=variant.variables
    ) as sandbox:
        answer = sandbox.invoke(rest_api_event("GET", "/")).json()
        seconds = cpu_seconds(sandbox.process.pid)
    assert answer["statusCode"] in (200, 302), answer
    return seconds


def cpu_seconds(process_id: int) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()
    ticks = int(fields[11]) + int(fields[12])  # utime and stime, proc(5)
    return ticks / os.sysconf("SC_CLK_TCK")


def make_variants(folder: Path, runtime: str) -> list[Variant]:
    ours = folder / "headroom"
    unzip(ROOT / "build" / "headroom-dev.zip", ours)
    return [
        Variant(OURS, ours, ENTRY, VARIABLES),
        Variant("stock Zappa", stock(folder, runtime), STOCK, VARIABLES),
        Variant("bare Django", bare_django(folder, ours), ENTRY, VARIABLES),
        Variant("WSGI hello", hello(folder, ours), STOCK, {}),
    ]


def stock(folder: Path, runtime: str) -> Path:
    """Package the same application as Zappa does when nothing is set."""
    source = folder / "source"
    for name in ("apps", "project", "templates"):
        shutil.copytree(ROOT / name, source / name)
    settings = {
        "django_settings": "project.settings",
        "project_name": "stock",
        "aws_region": "us-east-1",
        "s3_bucket": "none",
        "use_precompiled_packages": False,
    }
    (source / "zappa_settings.json").write_text(json.dumps({"dev": settings}))
    # What the manifest names; stock Zappa would ship all of the static files.
    shutil.copytree(ROOT / "build" / "static", source / "var" / "static")
    venv = ROOT / f".venv-{runtime}"
    subprocess.run(
        [venv / "bin" / "zappa", "package", "dev", "-o", "stock.zip"],
        cwd=source,
        env={
            "PATH": os.environ["PATH"], "VIRTUAL_ENV": str(venv), "HTTPS_PROXY": "http://127.0.0.1:9",
            "AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing",
        },
        check=True, capture_output=True,
    )  # fmt: skip
    unzip(source / "stock.zip", folder / "stock")
    return folder / "stock"


def bare_django(folder: Path, ours: Path) -> Path:
    """Take the same package with an empty project in place of the application."""
    root = folder / "bare"
    shutil.copytree(ours, root)
    for name in ("apps", "templates"):
        shutil.rmtree(root / name)
    (root / "apps").mkdir()
    shutil.copy(ours / "apps" / "lazy_urls.py", root / "apps")  # The entry imports it.
    (root / "project" / "settings.py").write_text(BARE_SETTINGS)
    (root / "project" / "urls.py").write_text(BARE_URLS)
    for name in ("apps", "project"):
        compile_all(root / name)
    return root


def hello(folder: Path, ours: Path) -> Path:
    root = folder / "hello"
    for name in ("zappa", "werkzeug", "markupsafe", "durationpy"):
        shutil.copytree(ours / name, root / name)
    shutil.copy(ours / "handler.py", root)
    settings = (ours / "zappa_settings.py").read_text()
    settings = settings.replace("DJANGO_SETTINGS='project.settings'", "DJANGO_SETTINGS=None")
    (root / "zappa_settings.py").write_text(f"{settings}\nAPP_MODULE='hello'\nAPP_FUNCTION='app'\n")
    (root / "hello.py").write_text(HELLO)
    compile_all(root)
    return root


def compile_all(folder: Path) -> None:
    """Compile with the runtime's own Python, as the package is."""
    python = ROOT / f".venv-{sys.argv[1]}" / "bin" / "python"
    mode = PycInvalidationMode.UNCHECKED_HASH.name.lower().replace("_", "-")
    subprocess.run(
        [python, "-m", compileall.__name__, "-q", "-f", "--invalidation-mode", mode, folder],
        check=True,
    )


def unzip(package: Path, folder: Path) -> None:
    # Not zipfile: it sets new times, and would hide bytecode that goes by them.
    subprocess.run(["unzip", "-q", package, "-d", folder], check=True)


if __name__ == "__main__":
    sys.exit(main())
