"""What a stage of `zappa_settings.json` must say, and what it may leave to what infra/ has made.

A value such as `${MediaBucket}` is one of the outputs of the stage's stack in CloudFormation. They
are kept, as a JSON object, in `infra/outputs/<environment>.json` (docs/operations.md).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from project.deploying.contents import ROOT
from project.deploying.runtimes import Refused, check_runtime

ENTRY: Final = "project.lambda_entry.lambda_handler"
REFERENCE: Final = re.compile(r"\$\{(\w+)\}")
# What the settings of Django ask of every stage but home, other than secrets.
VARIABLES: Final = (
    "ALLOWED_HOSTS", "DEFAULT_FROM_EMAIL", "EMAIL_HOST", "MEDIA_BUCKET", "SECRETS_ARN",
    "STATIC_ORIGIN",
)  # fmt: skip
SECRET_NAME: Final = re.compile(r"(SECRET|PASSWORD|TOKEN|DATABASE_URL|_KEY)(?!S_ARN)")


def check_stage(stage: str, settings: Mapping[str, Any], running: str) -> None:
    """Refuse what cannot work or must not be, before anything is built or uploaded."""
    runtime = settings.get("runtime", running)
    check_runtime(runtime)
    if runtime != running:
        raise Refused(
            f"Stage {stage} runs on {runtime}, and Zappa was started by {running}: bytecode and "
            f"compiled modules would not fit. Use `make package STAGE={stage} RUNTIME={runtime}`."
        )
    for fault in _faults(settings):
        raise Refused(f"Stage {stage} in zappa_settings.json: {fault}")


def _faults(settings: Mapping[str, Any]) -> list[str]:
    variables = settings.get("aws_environment_variables", {})
    missing = [name for name in VARIABLES if not variables.get(name)]
    plain = sorted(filter(SECRET_NAME.search, variables))
    faults = {
        f"lambda_handler must be {ENTRY}.": settings.get("lambda_handler") != ENTRY,
        "debug must be false: it shows tracebacks to visitors.": settings.get("debug", True),
        "log_level must not be DEBUG: it logs whole requests.": (
            settings.get("log_level", "DEBUG") == "DEBUG"
        ),
        "slim_handler must be off: a rollback would not bring the code back.": settings.get(
            "slim_handler", False
        ),
        "lambda_concurrency must be set: an update takes away what is not set.": not settings.get(
            "lambda_concurrency"
        ),
        "attach_policy must be set: Zappa's own allows far more.": not settings.get(
            "attach_policy"
        ),
        f"set {', '.join(missing)} in aws_environment_variables.": bool(missing),
        f"{', '.join(plain)} may be secret; put it in the secret of SECRETS_ARN.": bool(plain),
    }
    return [sentence for sentence, is_so in faults.items() if is_so]


def outputs_of(stage: str) -> dict[str, str]:
    """Return what the stack of a stage has made; `dev` and `dev_work` share one."""
    environment = stage.removesuffix("_work")
    folder = Path(os.environ.get("OUTPUTS_FOLDER", ROOT / "infra" / "outputs"))
    path = folder / f"{environment}.json"
    if not path.exists():
        raise Refused(
            f"Stage {stage} uses what the stack of {environment} has made, and its outputs are "
            f"not in {path.name}. Create the stack and write them: docs/operations.md."
        )
    outputs: dict[str, str] = json.loads(path.read_text())
    return outputs


def filled(value: Any, outputs: Mapping[str, str]) -> Any:
    """Return a setting with the outputs in place of their names."""
    if isinstance(value, str):
        missing = [name for name in REFERENCE.findall(value) if name not in outputs]
        if missing:
            raise Refused(f"The stack has no output {', '.join(missing)}, which {value} names.")
        return REFERENCE.sub(lambda match: outputs[match[1]], value)
    if isinstance(value, Mapping):
        return {key: filled(item, outputs) for key, item in value.items()}
    if isinstance(value, list):
        return [filled(item, outputs) for item in value]
    return value
