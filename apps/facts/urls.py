from __future__ import annotations

from django.urls import path

from apps.facts import views

app_name = "facts"

urlpatterns = [path("", views.fact_list, name="list")]
