"""Terraform: resources with their attributes."""
