"""Environments that are reused in the order most recently used: Lambda's pool, exactly."""
