"""What a template and a usage file say of a CloudFront distribution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from apps.engine.catalog._bill import UsageKey
from apps.engine.catalog._template import FLAG, Conversion, Property

DISTRIBUTION, TERRAFORM = "AWS::CloudFront::Distribution", "aws_cloudfront_distribution"
APPLICATION, BUCKET, BOTH = "application", "bucket", "both"
# Infracost's words for where viewers are, and the areas of the price book.
AREAS: Final[Mapping[str, str]] = {
    "us": "us",
    "europe": "eu",
    "south_africa": "za_me",
    "south_america": "sa",
    "japan": "jp",
    "australia": "au",
    "asia_pacific": "ap",
    "india": "in",
}
# Its words for where Origin Shield is, and the areas of the price book.
SHIELDS: Final[Mapping[str, str]] = {
    "us": "us",
    "europe": "eu",
    "south_america": "sa",
    "japan": "jp",
    "australia": "au",
    "singapore": "ap",
    "south_korea": "ap",
    "indonesia": "ap",
    "india": "in",
    "middle_east": "za_me",
}
_BY_AREA = (
    ("monthly_data_transfer_to_internet_gb", "transfer_gb"),
    ("monthly_data_transfer_to_origin_gb", "origin_transfer_gb"),
    ("monthly_http_requests", "http_requests"),
    ("monthly_https_requests", "https_requests"),
)


def _is_bucket(origin: Mapping[str, Any]) -> bool:
    domain = str(origin.get("DomainName", origin.get("domain_name", "")))
    return (
        "S3OriginConfig" in origin
        or "s3_origin_config" in origin
        or "aws_s3_bucket." in domain
        or ".s3." in domain
        or ".s3-" in domain
        or domain.endswith((".RegionalDomainName}", ".DomainName}"))
    )


def _origins(value: Any) -> str | None:
    """Tell what the origins of a distribution are; None where none is written."""
    kinds = {_is_bucket(origin) for origin in _blocks(value)}
    if not kinds:
        return None
    if len(kinds) == 2:
        return BOTH
    return BUCKET if kinds.pop() else APPLICATION


def _blocks(*values: Any) -> Iterator[Mapping[str, Any]]:
    """Yield what is written once, or in a list."""
    for value in values:
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                yield one


def _shields(value: Any) -> str | None:
    """Return the Regions of the shields that are on, of a list of origins."""
    regions = []
    for origin in _blocks(value):
        for shield in _blocks(origin.get("origin_shield"), origin.get("OriginShield")):
            region = shield.get("origin_shield_region") or shield.get("OriginShieldRegion")
            if FLAG.read(shield.get("enabled", shield.get("Enabled"))) and region:
                regions.append(str(region))
    return ", ".join(dict.fromkeys(regions)) or None


def _behaviours(name: str, *keys: str) -> Conversion:
    """Read whether a cache behaviour of a distribution names something."""

    def names(value: Any) -> bool | None:
        written = value if isinstance(value, Mapping) else {}
        return any(one.get(name) for one in _blocks(*map(written.get, keys))) or None

    return Conversion(names, bool)


ORIGINS = Conversion(_origins, str)
SHIELD_REGIONS = Conversion(_shields, str)
VIP = Conversion(lambda value: str(value) == "vip", lambda value: "vip" if value else "sni-only")
_CFN = ("DefaultCacheBehavior", "CacheBehaviors")
_HCL = ("default_cache_behavior", "ordered_cache_behavior")
_CONFIG = "DistributionConfig"

TEMPLATE: Final = (
    Property(DISTRIBUTION, f"{_CONFIG}.Origins", "origins", ORIGINS),
    Property(DISTRIBUTION, f"{_CONFIG}.Origins", "shield_regions", SHIELD_REGIONS),
    Property(
        DISTRIBUTION, _CONFIG, "encrypts_fields", _behaviours("FieldLevelEncryptionId", *_CFN)
    ),
    Property(
        DISTRIBUTION, _CONFIG, "has_realtime_logs", _behaviours("RealtimeLogConfigArn", *_CFN)
    ),
    Property(
        DISTRIBUTION, f"{_CONFIG}.ViewerCertificate.SslSupportMethod", "has_dedicated_ip", VIP
    ),
    Property(TERRAFORM, "origin", "origins", ORIGINS),
    Property(TERRAFORM, "origin", "shield_regions", SHIELD_REGIONS),
    Property(TERRAFORM, "", "encrypts_fields", _behaviours("field_level_encryption_id", *_HCL)),
    Property(TERRAFORM, "", "has_realtime_logs", _behaviours("realtime_log_config_arn", *_HCL)),
    Property(TERRAFORM, "viewer_certificate.0.ssl_support_method", "has_dedicated_ip", VIP),
)
USAGE_KEYS: Final = (
    *(
        UsageKey(TERRAFORM, f"{key}.{word}", f"given.{line}.{area}")
        for key, line in _BY_AREA
        for word, area in AREAS.items()
    ),
    *(
        UsageKey(TERRAFORM, f"monthly_shield_requests.{word}", f"given.shield_requests.{word}")
        for word in SHIELDS
    ),
    UsageKey(TERRAFORM, "monthly_invalidation_requests", "given.invalidation_paths"),
    UsageKey(TERRAFORM, "monthly_encryption_requests", "given.encryption_requests"),
    UsageKey(TERRAFORM, "monthly_log_lines", "given.log_lines"),
    UsageKey(TERRAFORM, "custom_ssl_certificates", "given.certificates"),
)
