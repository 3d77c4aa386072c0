from __future__ import annotations

from typing import Self

from django.db import models

from apps.accounts.models import Membership, User
from apps.designs.models.design import Design
from apps.designs.models.upload import Upload
from apps.engine.graph import Architecture


class VersionQuerySet(models.QuerySet["Version"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(design__team__memberships__user=user)

    def editable_by(self, user: User) -> Self:
        return self.filter(
            design__team__memberships__user=user,
            design__team__memberships__role__in=Membership.EDITING_ROLES,
        )

    def with_author(self) -> Self:
        return self.select_related("author")


class Version(models.Model):
    """One state of a design. It is never changed: saving makes the next number."""

    design = models.ForeignKey(Design, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    # An Architecture as JSON, opaque to SQL; read it through `architecture`.
    graph = models.JSONField(default=dict)
    source = models.ForeignKey(Upload, models.RESTRICT, null=True, blank=True, related_name="+")
    parent = models.ForeignKey("self", models.SET_NULL, null=True, blank=True, related_name="+")
    author = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    message = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["design", "number"], name="version_number_once"),
        ]

    def __str__(self) -> str:
        return f"version {self.number}"

    def architecture(self) -> Architecture:
        """Return the graph as the engine sees it; read once, since a page asks several times."""
        kept: tuple[object, Architecture] | None = self.__dict__.get("_read")
        if kept is None or kept[0] is not self.graph:
            kept = self.__dict__["_read"] = (self.graph, Architecture.from_dict(self.graph))
        return kept[1]
