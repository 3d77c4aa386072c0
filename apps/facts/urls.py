from __future__ import annotations

from apps.lazy_urls import pages_of

app_name = "facts"

page = pages_of("apps.facts.views")

urlpatterns = [
    page("", "fact_list", "list"),
    page("books/", "book_list", "books"),
    page("books/<int:book_id>/compare/", "book_compare", "compare"),
]
