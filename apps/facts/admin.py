from __future__ import annotations

from typing import Any, TypeVar

from django.contrib import admin, messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.accounts.models import User
from apps.facts.books import make_current
from apps.facts.models import (
    ColdStartRow,
    InstanceClassRow,
    Override,
    PriceBook,
    PriceRow,
    QuotaRow,
)

Row = TypeVar("Row", bound=Model)


class ReadOnlyAdmin(admin.ModelAdmin[Row]):
    """History: to be read and searched, never to be changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Row | None = None) -> bool:
        return False


class RowAdmin(ReadOnlyAdmin[Row]):
    list_select_related = ("book",)
    list_per_page = 50

    @admin.display(boolean=True, description="In force", ordering="book__is_current")
    def in_force(self, row: Any) -> bool:
        is_current: bool = row.book.is_current
        return is_current


@admin.register(PriceBook)
class PriceBookAdmin(ReadOnlyAdmin[PriceBook]):
    list_display = ("region", "source", "is_current", "sha256", "loaded_at", "compared")
    list_filter = ("is_current", "source", "region")
    search_fields = ("region", "sha256")
    ordering = ("region", "-loaded_at", "-pk")
    actions = ("put_in_force",)

    @admin.display(description="Compare")
    def compared(self, book: PriceBook) -> SafeString:
        return format_html('<a href="{}">With the one before</a>', book.get_absolute_url())

    def has_switch_permission(self, request: HttpRequest) -> bool:
        """Say whether books may be put in force; what they hold nobody may change."""
        return request.user.has_perm("facts.change_pricebook")

    @admin.action(description="Put the books in force", permissions=["switch"])
    def put_in_force(self, request: HttpRequest, books: QuerySet[PriceBook]) -> None:
        chosen = list(books.filter(is_current=False))
        if len({book.region for book in chosen}) < len(chosen):
            refusal = "Choose one book of a Region; only one can be in force."
            self.message_user(request, refusal, messages.ERROR)
            return
        for book in chosen:
            make_current(book)
            self.log_change(request, book, "Put in force.")
        self.message_user(request, f"{len(chosen)} put in force; forecasts keep their facts.")


@admin.register(PriceRow)
class PriceRowAdmin(RowAdmin[PriceRow]):
    list_display = (
        "price_id",
        "service",
        "region",
        "unit",
        "usd",
        "confidence",
        "source_date",
        "in_force",
    )
    list_filter = ("book__is_current", "confidence", "region", "service")
    search_fields = ("price_id", "description", "service", "source")
    ordering = ("price_id", "region", "-pk")

    @admin.display(description="US dollars")
    def usd(self, row: PriceRow) -> str:
        return ", ".join(f"{tier.usd:f} above {tier.start:f}" for tier in row.fact().tiers)


@admin.register(QuotaRow)
class QuotaRowAdmin(RowAdmin[QuotaRow]):
    list_display = (
        "quota_id",
        "name",
        "service",
        "text",
        "unit",
        "adjustable",
        "confidence",
        "in_force",
    )
    list_filter = ("book__is_current", "confidence", "adjustable", "service")
    search_fields = ("quota_id", "name", "service", "code")
    ordering = ("quota_id", "-pk")


@admin.register(InstanceClassRow)
class InstanceClassRowAdmin(RowAdmin[InstanceClassRow]):
    list_display = (
        "class_id",
        "service",
        "vcpu",
        "memory_gib",
        "pg_max_connections",
        "mysql_max_connections",
        "confidence",
        "in_force",
    )
    list_filter = ("book__is_current", "service", "confidence")
    search_fields = ("class_id", "service")
    ordering = ("class_id", "-pk")


@admin.register(ColdStartRow)
class ColdStartRowAdmin(RowAdmin[ColdStartRow]):
    list_display = (
        "runtime",
        "package",
        "arch",
        "init_ms_p50",
        "init_ms_p90",
        "init_ms_p99",
        "in_force",
    )
    list_filter = ("book__is_current", "package", "arch")
    search_fields = ("runtime",)
    ordering = ("runtime", "package", "arch", "-pk")


@admin.register(Override)
class OverrideAdmin(admin.ModelAdmin[Override]):
    """A correction is added and withdrawn; what was once in force stays to be read."""

    list_display = ("fact_id", "region", "value", "reason", "author", "created_at", "withdrawn_at")
    list_filter = ("kind", ("withdrawn_at", admin.EmptyFieldListFilter), "region")
    list_select_related = ("author",)
    search_fields = ("fact_id", "reason", "value")
    ordering = ("-created_at", "-pk")
    readonly_fields = ("author", "created_at", "withdrawn_at")
    actions = ("withdraw",)

    def has_change_permission(self, request: HttpRequest, obj: Override | None = None) -> bool:
        # The list needs the right, or it would not offer to withdraw.
        return obj is None and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Override | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Override, form: Any, change: bool) -> None:
        obj.author = request.user if isinstance(request.user, User) else None
        super().save_model(request, obj, form, change)

    @admin.action(description="Withdraw the corrections", permissions=["change"])
    def withdraw(self, request: HttpRequest, overrides: QuerySet[Override]) -> None:
        chosen = overrides.filter(withdrawn_at=None)
        for override in chosen:
            override.withdraw()
        self.message_user(request, f"{len(chosen)} withdrawn; the book's rows hold again.")
