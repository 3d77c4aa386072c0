from __future__ import annotations

from typing import Self

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from apps.facts.corrections import BadCorrection, Correction, check
from apps.facts.reader import is_region


class OverrideQuerySet(models.QuerySet["Override"]):
    def in_force(self) -> Self:
        return self.filter(withdrawn_at=None)

    def for_region(self, region: str) -> Self:
        """Pick what holds in a Region; the one that wins comes last."""
        return self.filter(region__in=["", region]).order_by("region", "created_at", "pk")


class Override(models.Model):
    """A correction of one fact, with its reason. The row in the book stays as it is."""

    class Kind(models.TextChoices):
        PRICE = "price", "Price"
        QUOTA = "quota", "Quota"
        CLASS = "class", "Instance class"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    fact_id = models.CharField(
        "fact", max_length=100, help_text="Such as lambda.requests or db.t4g.micro."
    )
    region = models.CharField(
        max_length=30, blank=True, help_text="Empty: every Region. One that is named wins."
    )
    value = models.CharField(
        max_length=500,
        help_text=(
            "Price: 0.09, or the begin of each tier with its price: 0:0 100:0.09 10240:0.085. "
            "Quota: 2000. Instance class: vcpu=2 pg_max_connections=80."
        ),
    )
    reason = models.TextField(help_text="Why the book is wrong for you.")
    source = models.CharField(
        max_length=300,
        blank=True,
        help_text="Where the right value stands: a page, a bill, a case.",
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects = OverrideQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["withdrawn_at", "region"])]

    def __str__(self) -> str:
        return f"{self.fact_id} = {self.value}"

    def clean(self) -> None:
        if self.region and not is_region(self.region):
            raise ValidationError({"region": "Name a Region, such as us-east-1, or none."})
        try:
            check(self.correction())
        except BadCorrection as refusal:
            raise ValidationError({refusal.field: str(refusal)}) from refusal

    def correction(self) -> Correction:
        """Return what is changed, without who changed it."""
        return Correction(
            kind=self.kind,
            fact_id=self.fact_id,
            region=self.region,
            value=self.value,
            source=self.source or self.reason,
            source_date=self.created_at.date().isoformat(),
        )

    def withdraw(self) -> None:
        """Let the book's row hold again."""
        self.withdrawn_at = timezone.now()
        self.save(update_fields=["withdrawn_at"])
