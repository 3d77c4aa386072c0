"""What Zappa calls while it deploys, by the `callbacks` of `zappa_settings.json`.

Zappa itself packs no file (`"exclude": ["*"]`) but its handler and the settings of the stage; the
rest comes from here, so every way to deploy gives the same package.
"""

from __future__ import annotations

import os
import sys
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

# Zappa loads this module by itself, from the folder in which it was started.
sys.path.insert(0, os.getcwd())

import click

from project.deploying import building
from project.deploying.binaries import check_binaries
from project.deploying.contents import ROOT
from project.deploying.runtimes import Refused
from project.deploying.stages import check_stage, filled, outputs_of

RUNNING: Final = f"python{sys.version_info.major}.{sys.version_info.minor}"
SENDING: Final = frozenset({"deploy", "package", "update"})
# Of the zip that Zappa makes; the rest names who built it and when.
ZAPPAS: Final = ("django_zappa_app.py", "handler.py", "zappa_settings.py")
# These hold outputs of the stack; Zappa has read them before it calls us.
READ: Final = (
    "aws_environment_variables", "dead_letter_config", "s3_bucket_name", "vpc_config",
)  # fmt: skip


def settings_loaded(cli: Any) -> None:
    """Check the stage, and fill in what its stack has made."""
    with _in_words():
        runtime = os.environ.get("RUNTIME")
        if runtime:
            cli.override_stage_config_setting("runtime", runtime)
            cli.runtime = cli.zappa.runtime = runtime
        if cli.vargs["command"] in SENDING:
            check_stage(cli.api_stage, cli.stage_config, RUNNING)
        # A package holds nothing of the stack, so it can be built before there is one.
        if cli.vargs["command"] != "package":
            _fill(cli)


def zip_made(cli: Any) -> None:
    """Put the application into the zip that Zappa has made, and check what came of it."""
    with _in_words():
        tree = ROOT / "build" / cli.lambda_name
        building.build_tree(tree, ROOT / "build" / "static")
        package = Path(cli.zip_path)
        with zipfile.ZipFile(package) as zappas:
            for name in ZAPPAS:
                zappas.extract(name, tree)
        building.compile_tree(tree)
        check_binaries(tree, runtime=RUNNING, architecture=cli.architecture)
        building.check_reads_a_template(tree)
        building.write_zip(tree, package)
        building.check_size(tree, package)


def _fill(cli: Any) -> None:
    outputs = {
        "FunctionName": cli.lambda_name,
        "Region": cli.zappa.aws_region,
        **outputs_of(cli.api_stage),
    }
    for name in READ:
        setattr(cli, name, filled(getattr(cli, name), outputs))
    for name in ("assume_policy", "attach_policy"):
        setattr(cli.zappa, name, filled(getattr(cli.zappa, name), outputs))


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except Refused as refusal:
        raise click.ClickException(str(refusal)) from None
