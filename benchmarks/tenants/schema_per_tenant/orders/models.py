"""The blueprint's models as django-tenants has them: nothing in them names the tenant."""

from django.db import models

from benchmarks.tenants.blueprint import build_models
from tenants.isolation.models import new_id


class Base(models.Model):
    """The same kind of key as on the other side."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


globals().update(build_models(__name__, Base, models.ForeignKey))
