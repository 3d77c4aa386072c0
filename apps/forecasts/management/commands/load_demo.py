"""Make the demo team with its four designs; what is there is left as it is."""

from __future__ import annotations

import json
from pathlib import Path, PurePosixPath
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from apps.accounts.actions import create_team
from apps.accounts.models import Team, User
from apps.designs.actions import create_design_from_files
from apps.designs.models import Design
from apps.forecasts.actions import forecast_for, save_scenario
from apps.forecasts.template_files import files_at

EMAIL, PASSWORD = "demo@example.com", "demo-headroom"
TEAM = "Demo team"
FOLDER = Path(__file__).resolve().parents[2] / "demo"
DESIGNS = {
    "web-shop": "Web shop",
    "event-pipeline": "Event pipeline",
    "crud-service": "CRUD service",
    "headroom": "Headroom itself",
}
# What Headroom runs on is no copy of itself.
ELSEWHERE = {"headroom": settings.BASE_DIR / "infra"}


class Command(BaseCommand):
    help = __doc__ or ""
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.IS_HOME:
            raise CommandError("The demo has a known password, so it is for a home only.")
        user = demo_user()
        team = Team.objects.visible_to(user).filter(name=TEAM).first()
        team = team or create_team(owner=user, name=TEAM)
        known = set(Design.objects.filter(team=team).values_list("name", flat=True))
        for stem, name in DESIGNS.items():
            if name not in known:
                load_design(team, user, stem, name)
        self.stdout.write(f"Sign in as {EMAIL} / {PASSWORD}")


def demo_user() -> User:
    """Return the person who owns the demo, made when missing."""
    known = User.objects.filter(email=EMAIL).first()
    if known is not None:
        return known
    user = User.objects.create_user(EMAIL, PASSWORD)
    EmailAddress.objects.create(user=user, email=EMAIL, primary=True, verified=True)
    return user


@transaction.atomic
def load_design(team: Team, author: User, stem: str, name: str) -> Design:
    """Read one demo template with its scenario, and forecast it once."""
    template = ELSEWHERE.get(stem, FOLDER) / f"{stem}.yaml"
    files = {PurePosixPath(path).name: data for path, data in files_at([template]).items()}
    design = create_design_from_files(team=team, author=author, name=name, files=files)
    body = json.loads((FOLDER / f"{stem}.json").read_text())
    scenario = save_scenario(design=design, body=body, author=author)
    forecast_for(version=design.latest(), scenario=scenario.parsed(), now=timezone.now())
    return design
