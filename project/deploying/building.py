"""Build the package: a tree of named files, its bytecode, its list of static files, its zip."""

from __future__ import annotations

import compileall
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Final

from project.deploying.contents import ROOT, our_files, their_files
from project.deploying.runtimes import Refused

# `zappa rollback` uploads directly, which Lambda takes up to 50 MB; the rest is room to grow.
MAX_ZIP_BYTES: Final = 45_000_000
MAX_TREE_BYTES: Final = 200_000_000
MANIFEST: Final = Path("var/static/staticfiles.json")
TASK_ROOT: Final = "/var/task"
# A zip holds no earlier year. One date for all: the same files give the same zip.
DATE: Final = (1980, 1, 1, 0, 0, 0)
# Not home, which would leave a secret of its own in the tree.
WHILE_BUILDING: Final = {
    "PATH": os.defpath,
    "PYTHONDONTWRITEBYTECODE": "1",
    "STAGE": "build",
    "SECRET_KEY": "only-to-build",
    "DATABASE_URL": "sqlite:///:memory:",
    **dict.fromkeys(
        ("ALLOWED_HOSTS", "DEFAULT_FROM_EMAIL", "EMAIL_HOST", "EMAIL_HOST_PASSWORD"), "none"
    ),
    "MEDIA_BUCKET": "none",
}


def build_tree(tree: Path, static: Path) -> None:
    """Lay out everything but Zappa's own files; collect the static files outside of it."""
    shutil.rmtree(tree, ignore_errors=True)
    for source, place in (*our_files(), *their_files()):
        target = tree / place
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
    collect_static(static)
    (tree / MANIFEST).parent.mkdir(parents=True)
    shutil.copyfile(static / MANIFEST.name, tree / MANIFEST)


def collect_static(folder: Path) -> None:
    """Collect the static files under names that change with their content."""
    shutil.rmtree(folder, ignore_errors=True)
    run_python(
        "-m", "django", "collectstatic", "--noinput", "--verbosity=0",
        DJANGO_SETTINGS_MODULE="project.deploying.static_settings",
        STATIC_FOLDER=str(folder),
    )  # fmt: skip


def compile_tree(tree: Path) -> None:
    """Write bytecode that holds whatever the times of the files.

    Python compares times by default, and in a zip they are lost: every module would be compiled
    again at every cold start, since the package cannot be written to.
    """
    done = compileall.compile_dir(
        tree,
        maxlevels=20,
        quiet=2,
        force=True,
        workers=os.cpu_count() or 1,
        stripdir=str(tree),
        prependdir=TASK_ROOT,
        invalidation_mode=PycInvalidationMode.UNCHECKED_HASH,
    )
    if not done:
        raise Refused("Not every module of the package could be compiled.")


def write_zip(tree: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in tree.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(tree).as_posix(), DATE)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())


def check_size(tree: Path, package: Path) -> None:
    unzipped = sum(path.stat().st_size for path in tree.rglob("*") if path.is_file())
    zipped = package.stat().st_size
    for what, size, limit in (
        ("zipped", zipped, MAX_ZIP_BYTES),
        ("unzipped", unzipped, MAX_TREE_BYTES),
    ):
        if size > limit:
            raise Refused(
                f"The package has {size / 1e6:.1f} MB {what}, more than {limit / 1e6:.0f} MB."
            )


def check_reads_a_template(tree: Path) -> None:
    """Let the packaged code alone describe a template: what it needs must have come along."""
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); "
        "from django.core.management import execute_from_command_line as run; "
        "run(['manage.py', 'describe', sys.argv[2], '--format', 'json'])"
    )
    template = Path(__file__).with_name("sample.yaml")
    answer = run_python(
        "-I", "-S", "-B", "-c", code, str(tree), str(template),
        DJANGO_SETTINGS_MODULE="project.settings",
    )  # fmt: skip
    if "sqs_queue" not in answer:
        raise Refused("The packaged code does not read a CloudFormation template.")


def run_python(*arguments: str, **environment: str) -> str:
    """Run this Python with nothing of the environment of who builds."""
    process = subprocess.run(  # noqa: S603  Our own code.  # nosec B603
        [sys.executable, *arguments],
        env={**WHILE_BUILDING, **environment},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode:
        raise Refused(f"The package does not run: {process.stderr.strip()[-2000:]}")
    return process.stdout
