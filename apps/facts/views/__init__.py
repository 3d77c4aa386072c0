from __future__ import annotations

from apps.facts.views.books import book_compare, book_list
from apps.facts.views.facts import fact_list

__all__ = ["book_compare", "book_list", "fact_list"]
