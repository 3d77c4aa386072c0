from __future__ import annotations

from typing import Self

from django.db import models
from django.urls import reverse

from apps.engine.regions import EDGE, price_regions


class PriceBookQuerySet(models.QuerySet["PriceBook"]):
    def current(self) -> Self:
        return self.filter(is_current=True)

    def seen_from(self, region: str) -> Self:
        """Pick the books that price a Region: its own, the edges' and the global one."""
        is_edge = models.Q(region__startswith=EDGE)
        return self.filter(is_edge | models.Q(region__in=price_regions(region)))

    def with_counts(self) -> Self:
        """Add how many prices each holds."""
        return self.annotate(prices_count=models.Count("prices"))

    def newest_first(self) -> Self:
        """Order by Region, the newest book of each first."""
        return self.order_by("region", "-loaded_at", "-pk")

    def comparable_with(self, book: PriceBook) -> Self:
        """Pick the other books of the same Region, and those in force elsewhere."""
        others = self.exclude(pk=book.pk)
        return others.filter(models.Q(region=book.region) | models.Q(is_current=True))


class PriceBook(models.Model):
    """Facts of one Region, as read at one time. It is never changed, only followed by another.

    `region` is a Region, a CloudFront edge such as edge:EU, or global; the global book also
    keeps what does not differ by Region: quotas, classes and cold starts.
    """

    class Source(models.TextChoices):
        PACKAGED = "packaged", "Packaged files"
        PRICE_LIST = "price-list", "AWS Price List"

    region = models.CharField(max_length=30)
    source = models.CharField(max_length=20, choices=Source.choices)
    sha256 = models.CharField("SHA-256 of the rows", max_length=64)
    is_current = models.BooleanField(default=False)
    loaded_at = models.DateTimeField(auto_now_add=True)

    objects = PriceBookQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["region", "source", "sha256"], name="facts_book_is_loaded_once"
            ),
            models.UniqueConstraint(
                fields=["region"],
                condition=models.Q(is_current=True),
                name="facts_one_current_book_per_region",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region}, {self.get_source_display().lower()}, {self.sha256[:12]}"

    def get_absolute_url(self) -> str:
        return reverse("facts:compare", args=[self.pk])

    def before(self) -> PriceBook | None:
        """Return the book that this one most likely followed: the newest older one here."""
        older = models.Q(loaded_at__lt=self.loaded_at) | models.Q(
            loaded_at=self.loaded_at, pk__lt=self.pk
        )
        others = PriceBook.objects.filter(older, region=self.region)
        return others.newest_first().first()
