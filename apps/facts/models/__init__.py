from __future__ import annotations

from apps.facts.models.book import PriceBook
from apps.facts.models.override import Override
from apps.facts.models.rows import ColdStartRow, InstanceClassRow, PriceRow, QuotaRow

__all__ = ["ColdStartRow", "InstanceClassRow", "Override", "PriceBook", "PriceRow", "QuotaRow"]
