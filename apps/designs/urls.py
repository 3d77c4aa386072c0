from __future__ import annotations

from django.urls import path

from apps.designs.views import designs, editing, history, incoming

app_name = "designs"

urlpatterns = [
    path("new/", designs.new, name="new"),
    path("new/blank/", designs.blank, name="blank"),
    path("incoming/", incoming.grant, name="incoming"),
    path("<uuid:design_id>/rename/", designs.rename, name="rename"),
    path("<uuid:design_id>/delete/", designs.delete, name="delete"),
    path("<uuid:design_id>/upload/", designs.reimport, name="reimport"),
    path("<uuid:design_id>/original/", designs.original, name="original"),
    path("<uuid:design_id>/history/", history.history, name="history"),
    path("<uuid:design_id>/history/<int:number>/", history.version, name="version"),
    path("<uuid:design_id>/history/<int:number>/restore/", history.restore, name="restore"),
    path("<uuid:design_id>/merge/", editing.merge, name="merge"),
    path("<uuid:design_id>/components/", editing.component_add, name="component_add"),
    path(
        "<uuid:design_id>/components/<path:component_id>/remove/",
        editing.component_remove,
        name="component_remove",
    ),
    path(
        "<uuid:design_id>/components/<path:component_id>/connect/",
        editing.link_add,
        name="link_add",
    ),
    path(
        "<uuid:design_id>/components/<path:component_id>/disconnect/",
        editing.link_remove,
        name="link_remove",
    ),
    path("<uuid:design_id>/components/<path:component_id>/", editing.component, name="component"),
]
