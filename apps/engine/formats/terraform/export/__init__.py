"""Designs as configurations of Terraform: changed in their place, or written anew."""

from __future__ import annotations

from apps.engine.formats.cloudformation.export import Export as Export
from apps.engine.formats.terraform.export.changing import export_configuration
from apps.engine.formats.terraform.export.writing import write_configuration

__all__ = ["Export", "export_configuration", "write_configuration"]
