from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from apps.engine.facts import InstanceClass, weakest
from apps.facts.rows import Row, read_rows

_RDS: Final = (
    "db_class vcpu memory_gib pg_max_connections_nominal pg_max_connections_estimated "
    "mysql_max_connections_nominal mysql_max_connections_estimated source_url source_date "
    "confidence"
)
_NODES: Final = (
    "node_type maxmemory_bytes maxmemory_gib maxclients source_url source_date confidence"
)
_EQUIVALENTS: Final = "service instance_class vcpu memory_gib source confidence"
# The files say which columns were seen and which not; a class is as good as its weakest column.
_CONFIDENCE: Final = {
    "seen": "seen",
    "estimate": "estimate",
    "memory": "memory",
    "seen: vcpu, memory_gib, formula; estimate: effective_memory_fraction": "estimate",
    "maxmemory seen; vcpu+network memory": "memory",
}


def read_classes(texts: Mapping[str, str]) -> tuple[InstanceClass, ...]:
    """Read database classes and cache nodes; raises `BadFact`."""
    vcpus = _read("instance_classes.csv", texts, _EQUIVALENTS, "instance_class")
    databases = _read("rds_classes.csv", texts, _RDS, "db_class")
    nodes = _read("elasticache_nodes.csv", texts, _NODES, "node_type")
    for row in vcpus.values():
        _check_alone(row)
    for name, row in databases.items():
        _check_same_size(row, vcpus.get(name))
    return (
        *(_database(name, row) for name, row in databases.items()),
        *(_node(name, row, vcpus.get(name)) for name, row in nodes.items()),
    )


def _read(file: str, texts: Mapping[str, str], columns: str, key: str) -> dict[str, Row]:
    rows: dict[str, Row] = {}
    for row in read_rows(file, texts[file], columns):
        if row.text(key) in rows:
            raise row.bad(f"{row.text(key)} stands here twice.")
        rows[row.text(key)] = row
    return rows


def _check_alone(row: Row) -> None:
    """Raise `BadFact` for a class that cannot be right, whoever uses it."""
    for column in ("vcpu", "memory_gib"):
        row.size(column)
    row.text("source")
    row.word("confidence", _CONFIDENCE)


def _check_same_size(row: Row, other: Row | None) -> None:
    if other is None:
        return
    for column in ("vcpu", "memory_gib"):
        if row.size(column) != other.size(column):
            raise row.bad(f"{column} differs from {other.file}, line {other.line}.")


def _database(name: str, row: Row) -> InstanceClass:
    return InstanceClass(
        id=name,
        service="RDS",
        vcpu=row.size("vcpu"),
        memory_gib=row.size("memory_gib"),
        pg_max_connections=row.whole("pg_max_connections_estimated"),
        mysql_max_connections=row.whole("mysql_max_connections_estimated"),
        cache_bytes=None,
        max_clients=None,
        source=row.text("source_url"),
        source_date=row.cells["source_date"],
        confidence=row.word("confidence", _CONFIDENCE),
        pg_max_connections_nominal=row.whole("pg_max_connections_nominal"),
        mysql_max_connections_nominal=row.whole("mysql_max_connections_nominal"),
    )


def _node(name: str, row: Row, equivalent: Row | None) -> InstanceClass:
    if equivalent is None:
        raise row.bad(f"instance_classes.csv has no vCPU for {name}.")
    row.size("maxmemory_bytes")
    words = (each.word("confidence", _CONFIDENCE) for each in (row, equivalent))
    return InstanceClass(
        id=name,
        service="ElastiCache",
        vcpu=equivalent.size("vcpu"),
        memory_gib=row.size("maxmemory_gib"),
        pg_max_connections=None,
        mysql_max_connections=None,
        cache_bytes=row.whole("maxmemory_bytes"),
        max_clients=row.whole("maxclients"),
        source=row.text("source_url"),
        source_date=row.cells["source_date"],
        confidence=weakest(words),
    )
