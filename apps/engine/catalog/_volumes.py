"""EBS volumes: as a text that a setting holds, as templates write them, and on the bill."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from apps.engine.catalog._bill import Meters, Usage
from apps.engine.catalog._settings import InvalidSetting
from apps.engine.catalog._template import Conversion

TYPES: Final = ("gp2", "gp3", "io1", "io2", "st1", "sc1", "standard")
ROOT: Final = "root"
# An image of Linux brings a volume of so many GB, of this type where nothing else is said.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/RootDeviceStorage.html
USUAL: Final = f"{ROOT} gp2 8"
_USUAL_TYPE, _USUAL_GB = "gp2", 8.0
# The names of the first device in images of Linux.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/device_naming.html
_ROOTS: Final = ("/dev/xvda", "/dev/sda1")
# What a gp3 volume includes. https://aws.amazon.com/ebs/pricing/
INCLUDED_IOPS, INCLUDED_MB_PER_S = 3000.0, 125.0


class Volume(NamedTuple):
    """A volume of each instance: what it is called, its type, size, operations, throughput."""

    name: str
    type: str = _USUAL_TYPE
    size_gb: float = _USUAL_GB
    iops: float = 0.0
    mb_per_s: float = 0.0

    def __str__(self) -> str:
        numbers = [self.size_gb, self.iops, self.mb_per_s]
        while numbers[-1] == 0.0 and len(numbers) > 1:
            numbers.pop()
        return " ".join([self.name, self.type, *(f"{number:g}" for number in numbers)])


def volumes_of(label: str, text: str) -> tuple[Volume, ...]:
    """Return the volumes of a text such as "root gp3 8, data io1 100 2000".

    Parameters
    ----------
    label : str
        The kind, for the sentence of a refusal.
    text : str
        Name, type, GB, and where they are chosen operations and MB a second, of each.

    Returns
    -------
    tuple[Volume, ...]
        One for each part between commas.

    Raises
    ------
    InvalidSetting
        A part is not of this form.

    Examples
    --------
    >>> volumes_of("EC2 instances", "root gp3 8 4000")
    (Volume(name='root', type='gp3', size_gb=8.0, iops=4000.0, mb_per_s=0.0),)
    """
    return tuple(_volume(label, part) for part in text.split(",") if part.strip())


def _volume(label: str, part: str) -> Volume:
    words = part.split()
    try:
        volume = Volume(words[0], words[1], *(float(word) for word in words[2:]))
    except (IndexError, TypeError, ValueError):
        volume = None
    if volume is None or volume.type not in TYPES or min(volume[2:]) < 0.0:
        raise InvalidSetting(
            f"{label}: Volumes must be like '{USUAL}, data io1 100 2000', "
            f"of the types {', '.join(TYPES)}, not '{part.strip()[:60]}'."
        )
    return volume


def _number(value: Any, default: float) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return default


def _of_block(name: str, block: Mapping[str, Any], words: tuple[str, ...]) -> Volume:
    type_, size, iops, throughput = (block.get(word) for word in words)
    said = str(type_ or _USUAL_TYPE).lower()
    return Volume(
        name,
        said if said in TYPES else _USUAL_TYPE,
        _number(size, _USUAL_GB),
        _number(iops, 0.0),
        _number(throughput, 0.0),
    )


def _first(value: Any) -> Mapping[str, Any]:
    found = value[0] if isinstance(value, list) and value else value
    return found if isinstance(found, Mapping) else {}


def _written(volumes: Iterable[Volume]) -> str:
    return ", ".join(map(str, volumes))


SNAKE = ("volume_type", "volume_size", "iops", "throughput")
CAMEL = ("VolumeType", "VolumeSize", "Iops", "Throughput")


def _of_mappings(mappings: Any, device: str, ebs: str, words: tuple[str, ...]) -> str:
    """Return the volumes of block device mappings; one of the root device stands for it."""
    root, others = Volume(ROOT), list[Volume]()
    for mapping in mappings if isinstance(mappings, list) else ():
        block = _first(mapping.get(ebs)) if isinstance(mapping, Mapping) else {}
        if block and mapping.get(device) in _ROOTS:
            root = _of_block(ROOT, block, words)
        elif block:
            others.append(_of_block(str(len(others)), block, words))
    return _written([root, *others])


def _of_instance(resource: Mapping[str, Any]) -> str:
    blocks = resource.get("ebs_block_device") or ()
    root = _of_block(ROOT, _first(resource.get("root_block_device")), SNAKE)
    others = [_of_block(str(n), _first(block), SNAKE) for n, block in enumerate(blocks)]
    return _written([root, *others])


def _of_template(resource: Mapping[str, Any]) -> str:
    return _of_mappings(resource.get("block_device_mappings"), "device_name", "ebs", SNAKE)


OF_INSTANCE = Conversion(_of_instance, lambda value: value)
OF_TEMPLATE = Conversion(_of_template, lambda value: value)
OF_MAPPINGS = Conversion(
    lambda value: _of_mappings(value, "DeviceName", "Ebs", CAMEL), lambda value: value
)


def volume_usage(volume: Volume, count: float, meters: Meters) -> Iterator[Usage]:
    """Yield the lines of one volume of each of some instances.

    Parameters
    ----------
    volume : Volume
        Its type and size.
    count : float
        Instances that have it. [count]
    meters : Meters
        `given` may say `io_requests.<name>` of a magnetic volume, of all instances together.

    Yields
    ------
    Usage
        Storage, and operations and throughput where they are billed.
    """
    name, type_ = volume.name, volume.type
    label = f"Storage ({type_}, {name})"
    yield Usage(f"ebs.{type_}.gb_month", label, "GB-month", volume.size_gb * count)
    iops, mb_per_s = volume.iops, 0.0
    if type_ == "gp3":
        iops, mb_per_s = iops - INCLUDED_IOPS, volume.mb_per_s - INCLUDED_MB_PER_S
    elif type_ not in ("io1", "io2"):
        iops = 0.0
    requests = meters.given.get(f"io_requests.{name}", 0.0) if type_ == "standard" else 0.0
    for price_id, label, unit, quantity in (
        (f"ebs.{type_}.iops", "Provisioned IOPS", "IOPS-month", iops * count),
        (f"ebs.{type_}.throughput", "Provisioned throughput", "MBps-month", mb_per_s * count),
        (f"ebs.{type_}.io_request", "I/O requests", "I/O", requests),
    ):
        if quantity > 0.0:
            yield Usage(price_id, f"{label} ({name})", unit, quantity)
