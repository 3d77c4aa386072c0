from __future__ import annotations

from django.urls import path

from apps.facts import views

app_name = "facts"

urlpatterns = [
    path("", views.fact_list, name="list"),
    path("books/", views.book_list, name="books"),
    path("books/<int:book_id>/compare/", views.book_compare, name="compare"),
]
