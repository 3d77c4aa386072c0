from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from apps.lazy_urls import pages_of
from project.ops.whole import keep_writes_whole

# Staff sign in on the same page as everybody, with its limits and its second step.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # As documented.

handler404 = "project.ui.errors.not_found"
handler429 = "project.ui.errors.too_many"  # Of allauth.
handler500 = "project.ui.errors.server_error"

page = pages_of("project")

urlpatterns: list[URLPattern | URLResolver] = [
    page("healthz", "health.process_health", "healthz"),
    page("readyz", "health.readiness", "readyz"),
    path("admin/", admin.site.urls),
    page("accounts/teams/<uuid:team_id>/export/", "team_export.team_export", "team_export"),
    path("accounts/", include("apps.accounts.urls")),
    path("accounts/", include("apps.accounts.sign_in_urls")),
    path("facts/", include("apps.facts.urls")),
    path("designs/", include("apps.designs.urls")),
    path("", include("apps.forecasts.urls")),
]
keep_writes_whole(urlpatterns)
