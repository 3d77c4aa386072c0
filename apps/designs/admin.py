from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from apps.designs.models import Design, Upload, Version


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """History is looked at and never written."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        # It goes with its design or its team, never from its own pages.
        match = request.resolver_match
        own = f"{self.opts.app_label}_{self.opts.model_name}_"
        is_own = match is not None and (match.url_name or "").startswith(own)
        return not is_own and super().has_delete_permission(request, obj)


@admin.register(Design)
class DesignAdmin(admin.ModelAdmin[Design]):
    list_display = ("name", "team", "head", "created_at")
    list_select_related = ("team", "head")
    list_filter = ("created_at",)
    search_fields = ("name", "team__name", "=id")
    date_hierarchy = "created_at"
    readonly_fields = ("id", "team", "head", "created_at")

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("head__graph")

    def has_add_permission(self, request: HttpRequest) -> bool:
        # A design without a version is none; uploads make both.
        return False


@admin.register(Version)
class VersionAdmin(ReadOnlyAdmin):
    list_display = ("design", "number", "author", "message", "created_at")
    list_select_related = ("design", "author")
    list_filter = ("created_at",)
    search_fields = ("design__name", "message", "author__email")
    date_hierarchy = "created_at"

    def get_queryset(self, request: HttpRequest) -> Any:
        # A hundred graphs on a page would be megabytes that nobody reads.
        return super().get_queryset(request).defer("graph")


@admin.register(Upload)
class UploadAdmin(ReadOnlyAdmin):
    list_display = ("name", "team", "size", "uploaded_by", "created_at")
    list_select_related = ("team", "uploaded_by")
    list_filter = ("created_at",)
    search_fields = ("name", "sha256", "team__name", "uploaded_by__email")
    # The bytes are a customer's template: staff see that there are some, not what they say.
    exclude = ("content",)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("content")
