"""Single requests: arrivals, durations, one pool, and what logs say of it."""
