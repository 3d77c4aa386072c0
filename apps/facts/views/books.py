"""Books of prices: which there are, and what differs between two."""

from __future__ import annotations

from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from apps.facts.books import prices_of
from apps.facts.changes import changes
from apps.facts.forms import BookCompareForm
from apps.facts.models import PriceBook

PER_PAGE: Final = 40


@require_safe
@login_not_required
def book_list(request: HttpRequest) -> HttpResponse:
    books = PriceBook.objects.with_counts().newest_first()
    page = Paginator(books, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "facts/books.html", {"page": page})


@require_safe
@login_not_required
def book_compare(request: HttpRequest, book_id: int) -> HttpResponse:
    book = get_object_or_404(PriceBook, pk=book_id)
    form = BookCompareForm(request.GET.dict(), book=book)
    context: dict[str, Any] = {"book": book, "form": form}
    if form.is_valid():
        context |= _compared(book, form, request.GET)
    status = 200 if form.is_valid() else 422
    return render(request, "facts/compare.html", context, status=status)


def _compared(book: PriceBook, form: BookCompareForm, query: Any) -> dict[str, Any]:
    other, service = form.cleaned_data["with"], form.cleaned_data["service"]
    if other is None:
        return {"other": None}
    found = changes(prices_of(other), prices_of(book))
    form.offer_services(sorted({change.price.service for change in found}, key=str.lower))
    shown = [change for change in found if not service or change.price.service == service]
    address = query.copy()
    address.pop("page", None)
    return {
        "other": other,
        "page": Paginator(shown, PER_PAGE).get_page(query.get("page")),
        "counts": {
            state: sum(change.state == state for change in shown)
            for state in ("changed", "new", "gone")
        },
        "address": address.urlencode(),
    }
