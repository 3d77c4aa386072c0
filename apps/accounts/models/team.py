from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from apps.accounts.models.user import User


class TeamQuerySet(models.QuerySet["Team"]):
    # A person joins a team once (a constraint), so these joins repeat no row.

    def visible_to(self, user: User) -> Self:
        return self.filter(memberships__user=user)

    def editable_by(self, user: User) -> Self:
        return self.filter(memberships__user=user, memberships__role__in=Membership.EDITING_ROLES)

    def owned_by(self, user: User) -> Self:
        return self.filter(memberships__user=user, memberships__role=Membership.Role.OWNER)

    def with_role_of(self, user: User) -> Self:
        """Add `role`: what the person is in each team; None for an outsider."""
        own = Membership.objects.filter(team=models.OuterRef("pk"), user=user)
        return self.annotate(role=models.Subquery(own.values("role")))

    def with_member_count(self) -> Self:
        # A subquery, since a filter on memberships would make a join count only those.
        members = Membership.objects.filter(team=models.OuterRef("pk")).order_by()
        count = members.values("team").annotate(count=models.Count("pk")).values("count")
        return self.annotate(member_count=models.Subquery(count))


class Team(models.Model):
    """People who share designs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)

    # Added by `with_role_of` and `with_member_count`.
    role: str | None
    member_count: int

    objects = TeamQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("accounts:team", args=[self.pk])

    @property
    def role_label(self) -> str:
        return Membership.Role(self.role).label if self.role else ""

    def rename(self, name: str) -> None:
        self.name = name
        self.save(update_fields=["name"])


class MembershipQuerySet(models.QuerySet["Membership"]):
    def with_user(self) -> Self:
        return self.select_related("user")

    def owners(self) -> Self:
        return self.filter(role=Membership.Role.OWNER)


class Membership(models.Model):
    """What one person may do in one team."""

    class Role(models.TextChoices):
        OWNER = "owner", "Owner"
        EDITOR = "editor", "Editor"
        VIEWER = "viewer", "Viewer"

    # Who may change what a team keeps; owners manage its people too.
    EDITING_ROLES: ClassVar[tuple[Role, ...]] = (Role.OWNER, Role.EDITOR)

    team = models.ForeignKey(Team, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.EDITOR)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["team", "user"], name="one_membership_per_team"),
            models.CheckConstraint(
                condition=models.Q(role__in=["owner", "editor", "viewer"]),
                name="membership_role_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.team_id} as {self.role}"
