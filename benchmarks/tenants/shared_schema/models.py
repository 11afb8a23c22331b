"""The blueprint's models as the product would have them."""

from benchmarks.tenants.blueprint import build_models
from tenants.isolation.assets import Asset, Ownership, Retention
from tenants.isolation.fields import TenantForeignKey
from tenants.isolation.models import TenantModel

_ASSET = Asset(
    data_class="benchmark",
    ownership=Ownership.CUSTOMER,
    retention=Retention.with_contract(),
    archived=True,
    returned=True,
)

globals().update(build_models(__name__, TenantModel, TenantForeignKey, asset=_ASSET))
