"""The tenants, as the documentation of django-tenants has them."""

from django.db import models
from django_tenants.models import DomainMixin, TenantMixin


class Client(TenantMixin):
    """One tenant and its schema."""

    name = models.CharField(max_length=150)
    created_at = models.DateTimeField(auto_now_add=True)

    clone_mode = "NODATA"

    def __str__(self) -> str:
        return self.name


class Domain(DomainMixin):
    """Required by django-tenants; nobody browses here."""
