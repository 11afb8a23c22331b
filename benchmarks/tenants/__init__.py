"""What a further tenant costs: the shared schema behind the wall beside a schema for each tenant (django-tenants)."""
