"""PostgreSQL as Headroom uses it from Lambda, behind a proxy that shares its connections.

Django's own backend, and what the proxy asks on top (`base`); the way past the proxy, for what
holds a session (`direct`); a replica to read from (`replica`); what a migration locks (`locks`).
"""
