from __future__ import annotations

from apps.lazy_urls import pages_of

app_name = "designs"

page = pages_of("apps.designs.views")

urlpatterns = [
    page("new/", "designs.new", "new"),
    page("new/blank/", "designs.blank", "blank"),
    page("incoming/", "incoming.grant", "incoming"),
    page("<uuid:design_id>/rename/", "designs.rename", "rename"),
    page("<uuid:design_id>/delete/", "designs.delete", "delete"),
    page("<uuid:design_id>/upload/", "designs.reimport", "reimport"),
    page("<uuid:design_id>/original/", "designs.original", "original"),
    page("<uuid:design_id>/history/", "history.history", "history"),
    page("<uuid:design_id>/history/<int:number>/", "history.version", "version"),
    page("<uuid:design_id>/history/<int:number>/restore/", "history.restore", "restore"),
    page("<uuid:design_id>/merge/", "editing.merge", "merge"),
    page("<uuid:design_id>/components/", "editing.component_add", "component_add"),
    page(
        "<uuid:design_id>/components/<path:component_id>/remove/",
        "editing.component_remove",
        "component_remove",
    ),
    page(
        "<uuid:design_id>/components/<path:component_id>/connect/",
        "editing.link_add",
        "link_add",
    ),
    page(
        "<uuid:design_id>/components/<path:component_id>/disconnect/",
        "editing.link_remove",
        "link_remove",
    ),
    page("<uuid:design_id>/components/<path:component_id>/", "editing.component", "component"),
]
