"""The PostgreSQL backend of Sekisho: Django's own, plus the tenant of the running code in every transaction."""
