from __future__ import annotations

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "project"

    def ready(self) -> None:
        # Registers the checks, which need the settings.
        from project.ops import checks  # noqa: F401
