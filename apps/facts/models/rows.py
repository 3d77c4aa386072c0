"""Rows of a book. Each is the same as the dataclass of the engine that it gives back."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from typing import Any, Self

from django.db import models

from apps.engine.facts import ColdStart, InstanceClass, Price, Quota, Tier
from apps.facts.models.book import PriceBook


class PriceRow(models.Model):
    book = models.ForeignKey(PriceBook, models.CASCADE, related_name="prices")
    price_id = models.CharField(max_length=100)
    service = models.CharField(max_length=50, db_index=True)
    description = models.TextField()
    region = models.CharField(max_length=30)
    unit = models.CharField(max_length=20)
    # [[start, end or null, USD], …] as text: a database's own decimals may round them.
    tiers = models.JSONField()
    free_tier = models.TextField(blank=True)
    source = models.TextField()
    source_date = models.CharField(max_length=100, blank=True)
    confidence = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "price_id"], name="facts_price_once_per_book")
        ]

    def __str__(self) -> str:
        return f"{self.price_id} ({self.region})"

    @classmethod
    def of(cls, book: PriceBook, fact: Price) -> Self:
        return cls(
            book=book,
            price_id=fact.id,
            service=fact.service,
            description=fact.description,
            region=fact.region,
            unit=fact.unit,
            tiers=[_texts(tier) for tier in fact.tiers],
            free_tier=fact.free_tier,
            source=fact.source,
            source_date=fact.source_date,
            confidence=fact.confidence,
        )

    def fact(self) -> Price:
        """Return the row as the engine sees it."""
        return Price(
            id=self.price_id,
            service=self.service,
            description=self.description,
            region=self.region,
            unit=self.unit,
            tiers=tuple(
                Tier(Decimal(start), None if end is None else Decimal(end), Decimal(usd))
                for start, end, usd in self.tiers
            ),
            free_tier=self.free_tier,
            source=self.source,
            source_date=self.source_date,
            confidence=self.confidence,
        )


class QuotaRow(models.Model):
    book = models.ForeignKey(PriceBook, models.CASCADE, related_name="quotas")
    quota_id = models.CharField(max_length=100)
    service = models.CharField(max_length=50, db_index=True)
    name = models.TextField()
    value = models.FloatField(null=True)
    text = models.TextField()
    unit = models.CharField(max_length=40)
    scope = models.CharField(max_length=60)
    adjustable = models.BooleanField()
    code = models.CharField(max_length=60, blank=True)
    effect = models.TextField(blank=True)
    source_url = models.TextField(blank=True)
    source_date = models.CharField(max_length=150, blank=True)
    confidence = models.CharField(max_length=20)
    region_note = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "quota_id"], name="facts_quota_once_per_book")
        ]

    def __str__(self) -> str:
        return self.quota_id

    @classmethod
    def of(cls, book: PriceBook, fact: Quota) -> Self:
        return cls(book=book, quota_id=fact.id, **_same(Quota, fact))

    def fact(self) -> Quota:
        """Return the row as the engine sees it."""
        return Quota(id=self.quota_id, **_same(Quota, self))


class InstanceClassRow(models.Model):
    book = models.ForeignKey(PriceBook, models.CASCADE, related_name="classes")
    class_id = models.CharField(max_length=60)
    service = models.CharField(max_length=50, db_index=True)
    vcpu = models.FloatField()
    memory_gib = models.FloatField()
    pg_max_connections = models.BigIntegerField(null=True)
    mysql_max_connections = models.BigIntegerField(null=True)
    cache_bytes = models.BigIntegerField(null=True)
    max_clients = models.BigIntegerField(null=True)
    source = models.TextField()
    source_date = models.CharField(max_length=100, blank=True)
    confidence = models.CharField(max_length=20)
    pg_max_connections_nominal = models.BigIntegerField(null=True)
    mysql_max_connections_nominal = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["book", "class_id"], name="facts_class_once_per_book")
        ]

    def __str__(self) -> str:
        return self.class_id

    @classmethod
    def of(cls, book: PriceBook, fact: InstanceClass) -> Self:
        return cls(book=book, class_id=fact.id, **_same(InstanceClass, fact))

    def fact(self) -> InstanceClass:
        """Return the row as the engine sees it."""
        return InstanceClass(id=self.class_id, **_same(InstanceClass, self))


class ColdStartRow(models.Model):
    book = models.ForeignKey(PriceBook, models.CASCADE, related_name="cold_starts")
    runtime = models.CharField(max_length=60)
    package = models.CharField(max_length=10)
    arch = models.CharField(max_length=10)
    init_ms_p50 = models.FloatField()
    init_ms_p90 = models.FloatField()
    init_ms_p99 = models.FloatField()
    source_url = models.TextField()
    source_date = models.CharField(max_length=100, blank=True)
    confidence = models.CharField(max_length=20)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["book", "runtime", "package", "arch"],
                name="facts_cold_start_once_per_book",
            )
        ]

    def __str__(self) -> str:
        return f"{self.runtime}, {self.package}, {self.arch}"

    @classmethod
    def of(cls, book: PriceBook, fact: ColdStart) -> Self:
        return cls(book=book, **_same(ColdStart, fact))

    def fact(self) -> ColdStart:
        """Return the row as the engine sees it."""
        return ColdStart(**_same(ColdStart, self))


def _texts(tier: Tier) -> list[str | None]:
    return [str(tier.start), None if tier.end is None else str(tier.end), str(tier.usd)]


def _same(fact: type, row: object) -> dict[str, Any]:
    """Return what a dataclass and its row call by the same name; an id goes by two names."""
    return {each.name: getattr(row, each.name) for each in fields(fact) if each.name != "id"}
