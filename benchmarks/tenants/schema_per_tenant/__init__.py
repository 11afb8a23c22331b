"""The other side: a small Django project on django-tenants, with the blueprint's tables in a schema for each tenant."""
