"""What S3 bills: storage, requests and retrievals of each storage class.

https://aws.amazon.com/s3/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

from apps.engine.catalog._bill import Meters, Usage, UsageKey

TERRAFORM: Final = "aws_s3_bucket"
INVENTORY, ANALYTICS = "aws_s3_bucket_inventory", "aws_s3_bucket_analytics_configuration"
BYTES_PER_GB, KIB_PER_GB = 2**30, 2**20
# A small object is billed as one of so much, and an archived one takes so much more for its name
# and metadata: in its own class, and at the price of Standard.
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/storage-class-intro.html
LEAST_KIB, ARCHIVE_KIB, INDEX_KIB = 128.0, 32.0, 8.0


class Class(NamedTuple):
    """A storage class: how prices call it, and what AWS bills for it beside storage.

    `keys` is its name in an Infracost usage file, `parts` are names of `_PARTS`, and `speeds` say
    how archived objects are retrieved.
    """

    word: str
    label: str
    keys: str
    storage: str
    parts: tuple[str, ...]
    speeds: tuple[str, ...] = ()

    @property
    def has_least_size(self) -> bool:
        """Say whether small objects are billed as larger ones."""
        return "retrieval_gb" in self.parts and "upload_gb" not in self.parts

    @property
    def is_archive(self) -> bool:
        """Say whether objects are to be restored before they can be read."""
        return bool(self.speeds)

    @property
    def is_tiered(self) -> bool:
        """Say whether objects are watched, and moved when nobody reads them."""
        return self.word == "int"


# The key of an Infracost usage file, the label and the unit, by the end of the price's id.
_PARTS: Final[Mapping[str, tuple[str, str, str]]] = {
    "tier1_requests": ("monthly_tier_1_requests", "PUT, COPY, POST, LIST requests", "request"),
    "tier2_requests": ("monthly_tier_2_requests", "GET, SELECT, and all other requests", "request"),
    "transition_requests": (
        "monthly_lifecycle_transition_requests",
        "Lifecycle transition requests",
        "request",
    ),
    "upload_gb": ("monthly_data_upload_gb", "Data uploads", "GB"),
    "retrieval_gb": ("monthly_data_retrieval_gb", "Data retrievals", "GB"),
    "select_scanned_gb": ("monthly_select_data_scanned_gb", "Select data scanned", "GB"),
    "select_returned_gb": ("monthly_select_data_returned_gb", "Select data returned", "GB"),
    "early_delete_gb_month": ("early_delete_gb", "Early delete", "GB-month"),
}
# Of archived objects, by speed.
_RETRIEVED: Final[Mapping[str, tuple[str, str, str]]] = {
    "retrieval_requests": ("data_retrieval_requests", "Retrieval requests", "request"),
    "retrieval_gb": ("data_retrieval_gb", "Data retrievals", "GB"),
    "select_scanned_gb": ("select_data_scanned_gb", "Select data scanned", "GB"),
    "select_returned_gb": ("select_data_returned_gb", "Select data returned", "GB"),
}
_REQUESTS: Final = ("tier1_requests", "tier2_requests")
_SELECT: Final = ("select_scanned_gb", "select_returned_gb")
_MOVED: Final = (*_REQUESTS, "transition_requests", "early_delete_gb_month")
_READ: Final = (*_MOVED, "retrieval_gb", *_SELECT)
STANDARD, TIERING = "STANDARD", "INTELLIGENT_TIERING"
CLASSES: Final[Mapping[str, Class]] = {
    STANDARD: Class("", "Standard", "standard", "standard", (*_REQUESTS, *_SELECT)),
    TIERING: Class(
        "int", "Intelligent-Tiering", "intelligent_tiering", "int_fa", (*_MOVED, *_SELECT)
    ),
    "STANDARD_IA": Class("sia", "Standard-IA", "standard_infrequent_access", "sia", _READ),
    "ONEZONE_IA": Class("zia", "One Zone-IA", "one_zone_infrequent_access", "zia", _READ),
    "GLACIER_IR": Class(
        "gir", "Glacier Instant Retrieval", "glacier_instant_retrieval", "gir", _READ
    ),
    "GLACIER": Class(
        "glacier",
        "Glacier Flexible Retrieval",
        "glacier_flexible_retrieval",
        "glacier",
        _MOVED,
        ("standard", "expedited", "bulk"),
    ),
    "DEEP_ARCHIVE": Class(
        "deep",
        "Glacier Deep Archive",
        "glacier_deep_archive",
        "deep",
        _MOVED,
        ("standard", "bulk"),
    ),
    "EXPRESS_ONEZONE": Class(
        "express",
        "Express One Zone",
        "express_one_zone",
        "express",
        (*_REQUESTS, "upload_gb", "retrieval_gb"),
    ),
}
# The tiers that Intelligent-Tiering moves objects between by itself.
_TIERS: Final = (
    ("int_fa", "frequent_access", "frequent access"),
    ("int_ia", "infrequent_access", "infrequent access"),
    ("int_aia", "archive_instant_access", "archive instant access"),
    ("int_aa", "archive_access", "archive access"),
    ("int_daa", "deep_archive_access", "deep archive access"),
)


class Row(NamedTuple):
    """A line of the bill; its quantity can be given by the price's id without `s3.`."""

    price_id: str
    label: str
    unit: str
    # Of an Infracost usage file; empty where it has none.
    key: str = ""

    @property
    def meter(self) -> str:
        """Name by which its quantity is given."""
        return self.price_id.removeprefix("s3.")


def _rows() -> Iterator[Row]:
    for each in CLASSES.values():
        yield from _storage_rows(each)
        for part in each.parts:
            yield _row(each, part, *_PARTS[part])
        for speed in each.speeds:
            for part, (key, label, unit) in _RETRIEVED.items():
                yield _row(
                    each, f"{speed}_{part}", f"monthly_{speed}_{key}", f"{label}, {speed}", unit
                )
    yield Row("s3.tag_month", "Object tags", "tag-month", "object_tags")
    yield Row("s3.inventory_objects", "Objects listed by S3 Inventory", "object")
    yield Row("s3.analytics_objects", "Objects monitored by storage class analysis", "object-month")
    yield Row("s3.replicated_in_time_gb", "Replication Time Control data transfer", "GB")


def _row(each: Class, part: str, key: str, label: str, unit: str) -> Row:
    word = f"{each.word}." if each.word else ""
    return Row(f"s3.{word}{part}", f"{label} ({each.label})", unit, f"{each.keys}.{key}")


def _storage_rows(each: Class) -> Iterator[Row]:
    if not each.is_tiered:
        label = f"Storage ({each.label})"
        yield Row(f"s3.{each.storage}.gb_month", label, "GB-month", f"{each.keys}.storage_gb")
        return
    for tier, key, words in _TIERS:
        label, key = f"Storage ({each.label}, {words})", f"{each.keys}.{key}_storage_gb"
        yield Row(f"s3.{tier}.gb_month", label, "GB-month", key)
    label = f"Monitoring and automation ({each.label})"
    yield Row("s3.int_monitoring", label, "object-month", f"{each.keys}.monitored_objects")


ROWS: Final = tuple(_rows())
# What a design does is known of the class that objects are written to.
_DONE: Final[Mapping[str, str]] = {
    "s3.standard.gb_month": "stored_gb",
    "s3.tier1_requests": "passed.put",
    "s3.tier2_requests": "passed.get",
}
USAGE_KEYS: Final = (
    *(
        UsageKey(TERRAFORM, row.key, _DONE.get(row.price_id, f"given.{row.meter}"))
        for row in ROWS
        if row.key
    ),
    UsageKey(INVENTORY, "monthly_listed_objects", "given.inventory_objects"),
    UsageKey(ANALYTICS, "monthly_monitored_objects", "given.analytics_objects"),
)


def lines(storage_class: str, meters: Meters) -> Iterator[Usage]:
    """Yield what is billed for objects, by class; what is given stands instead of what is done.

    Parameters
    ----------
    storage_class : str
        A name of `CLASSES`.
    meters : Meters
        What the component did in a month.

    Yields
    ------
    Usage
        The lines of the bill, each in the unit of its price.
    """
    quantities = _worked_out(CLASSES[storage_class], meters)
    quantities |= {f"s3.{name}": value for name, value in meters.given.items()}
    for row in ROWS:
        if row.price_id in quantities:
            yield Usage(row.price_id, row.label, row.unit, quantities[row.price_id])


def _worked_out(each: Class, meters: Meters) -> dict[str, float]:
    """Return the quantities that follow from what a bucket keeps and answers, by price."""
    word = f"{each.word}." if each.word else ""
    objects = _objects(meters)
    found = {
        f"s3.{each.storage}.gb_month": _billed_gb(each, meters.stored_gb, objects),
        f"s3.{word}tier1_requests": meters.passed.get("put", 0.0),
        f"s3.{word}tier2_requests": meters.passed.get("get", 0.0),
    }
    size = meters.values.get("item_bytes", 0.0)
    if "retrieval_gb" in each.parts:
        read = size * meters.passed.get("get", 0.0) or meters.bytes_out
        found[f"s3.{word}retrieval_gb"] = read / BYTES_PER_GB
    if "upload_gb" in each.parts:
        found[f"s3.{word}upload_gb"] = size * meters.passed.get("put", 0.0) / BYTES_PER_GB
    if each.is_archive and objects:
        found["s3.standard.gb_month"] = objects * INDEX_KIB / KIB_PER_GB
    if each.is_tiered:
        # Smaller objects are kept, and neither watched nor moved.
        is_large = meters.stored_gb * KIB_PER_GB >= objects * LEAST_KIB
        found["s3.int_monitoring"] = objects if is_large else 0.0
    return found


def _objects(meters: Meters) -> float:
    """Return how many objects are kept, as far as that is known. [count]"""
    size = meters.values.get("item_bytes", 0.0)
    known = meters.stored_gb * BYTES_PER_GB / size if size else 0.0
    return meters.given.get("objects", known)


def _billed_gb(each: Class, stored_gb: float, objects: float) -> float:
    """Return the size that is billed: small objects count as larger ones. [GB]"""
    if each.has_least_size:
        return max(stored_gb, objects * LEAST_KIB / KIB_PER_GB)
    if each.is_archive:
        return stored_gb + objects * ARCHIVE_KIB / KIB_PER_GB
    return stored_gb
