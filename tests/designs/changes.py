"""Short ways to change a design and to look at what came of it."""

from __future__ import annotations

from apps.accounts.models import User
from apps.designs.actions import save_version
from apps.designs.models import Design
from apps.engine.graph import Architecture


def newest(design: Design) -> Architecture:
    design.refresh_from_db()
    return design.latest().architecture()


def change_memory(design: Design, memory_mb: int, author: User | None = None) -> None:
    """Save the next version, with other memory for Orders."""
    latest = design.latest()
    save_version(
        design=design,
        based_on=latest.number,
        architecture=latest.architecture().with_settings("Orders", {"memory_mb": memory_mb}),
        author=author,
        message=f"Memory of {memory_mb}",
    )
