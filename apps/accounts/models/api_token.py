from __future__ import annotations

import hashlib
import re
import secrets
from datetime import date, datetime
from typing import ClassVar, Final, Self

from django.db import models
from django.db.models import F, Q

from apps.accounts.models.team import Membership, Team
from apps.accounts.models.user import User

SECRET_BYTES: Final = 32
SHAPE: Final = re.compile(r"headroom_[0-9a-f]{8}_[0-9a-f]{64}")


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, user: User) -> Self:
        """One's own, and those of everybody in the teams that one owns."""
        owned = Team.objects.owned_by(user).order_by().values("pk")
        return self.filter(Q(membership__user=user) | Q(membership__team__in=owned))

    def usable(self, now: datetime) -> Self:
        alive = self.filter(revoked_at=None, expires_at__gt=now)
        return alive.filter(membership__user__is_active=True)

    def with_token(self, token: str) -> Self:
        return self.filter(token_sha256=ApiToken.hash_token(token))

    def with_person(self) -> Self:
        return self.select_related("membership__user", "membership__team")

    def latest_first(self) -> Self:
        """Those that may still be used stand before those that were revoked."""
        return self.order_by(F("revoked_at").desc(nulls_first=True), "-created_at", "pk")


class ApiToken(models.Model):
    """A key by which a pipeline acts as one person in one team, within its scopes.

    It hangs on the membership: who leaves the team, or is taken out of it, leaves no key behind.
    Only the hash is kept, so that who reads the database cannot use it.
    """

    class Scope(models.TextChoices):
        READ = "read", "Read: forecasts of the team's designs"
        FORECAST = "forecast", "Forecast: templates that are sent and not kept"
        IMPORT = "import", "Import: templates as new versions of the team's designs"

    # How long it may live. [d]
    DAYS: ClassVar[tuple[int, ...]] = (7, 30, 90, 365)
    USUAL_DAYS: ClassVar[int] = 90
    # Usable ones of a person in a team, so that limits for each token are limits.
    MOST: ClassVar[int] = 20

    membership = models.ForeignKey(Membership, models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=100)
    # The part of it that is no secret, by which people know it again.
    prefix = models.CharField(max_length=20)
    token_sha256 = models.CharField(max_length=64, unique=True, editable=False)
    # A list of scopes, opaque to SQL.
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

    @staticmethod
    def new_token() -> str:
        """Return a token that can be found by its shape, wherever it is left lying about."""
        return f"headroom_{secrets.token_hex(4)}_{secrets.token_hex(SECRET_BYTES)}"

    @staticmethod
    def prefix_of(token: str) -> str:
        return token.rpartition("_")[0]

    @staticmethod
    def hash_token(token: str) -> str:
        # The token is random and long, so a plain hash cannot be guessed back.
        return hashlib.sha256(token.encode()).hexdigest()

    @classmethod
    def found(cls, token: str, now: datetime) -> ApiToken | None:
        """Return the token with this secret, if it may be used."""
        if not SHAPE.fullmatch(token):
            return None
        return cls.objects.usable(now).with_token(token).with_person().first()

    @property
    def user(self) -> User:
        return self.membership.user

    @property
    def team(self) -> Team:
        return self.membership.team

    @property
    def scope_names(self) -> str:
        """The scopes in one word each, in the order in which forms offer them."""
        return ", ".join(scope.value for scope in self.Scope if scope in self.scopes)

    def allows(self, scope: Scope) -> bool:
        return scope in self.scopes

    def is_expired(self, now: datetime) -> bool:
        return self.expires_at <= now

    def use(self, today: date) -> None:
        """Note the day of use: one write a day, however often it is used."""
        if self.last_used_on != today:
            self.last_used_on = today
            self.save(update_fields=["last_used_on"])

    def revoke(self, now: datetime) -> None:
        """End it; when it was first revoked stands."""
        ApiToken.objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=now)
