from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.urls import reverse

from apps.accounts.models import Membership, Team, User

if TYPE_CHECKING:
    from apps.designs.models.version import Version


class DesignQuerySet(models.QuerySet["Design"]):
    # A person joins a team once (a constraint), so these joins repeat no row.

    def visible_to(self, user: User) -> Self:
        return self.filter(team__memberships__user=user)

    def editable_by(self, user: User) -> Self:
        return self.filter(
            team__memberships__user=user,
            team__memberships__role__in=Membership.EDITING_ROLES,
        )

    def with_team(self) -> Self:
        return self.select_related("team")

    def with_head(self) -> Self:
        return self.select_related("head__author", "head__source")

    def with_role_of(self, user: User) -> Self:
        """Add `role`: what the person is in the design's team."""
        own = Membership.objects.filter(team=models.OuterRef("team"), user=user)
        return self.annotate(role=models.Subquery(own.values("role")))


class Design(models.Model):
    """An architecture that a team keeps, in versions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="designs")
    name = models.CharField(max_length=100)
    # Null only between the two inserts of the transaction that makes a design.
    head = models.ForeignKey(
        "designs.Version", models.RESTRICT, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    # Added by `with_role_of`.
    role: str | None

    objects = DesignQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("forecasts:design", args=[self.pk])

    @property
    def is_editable(self) -> bool:
        """Say whether the person of `with_role_of` may change it."""
        return self.role in Membership.EDITING_ROLES

    def latest(self) -> Version:
        """Return the newest version; `with_head` spares the query."""
        if self.head is None:
            raise ValueError("A saved design has a version.")
        return self.head

    def rename(self, name: str) -> None:
        self.name = name
        # Write one column, so a concurrent save of a version is not undone.
        self.save(update_fields=["name"])
