"""Some months of contract behind each company: a price list, an issuer, past invoices, and how usage went.

The companies are made today. What they are said to have paid and used before is computed by the same rules as for
everybody; only that they began earlier is pretended, and nowhere written down.
"""

from datetime import UTC, datetime, timedelta

from django.utils import timezone

from auditlog.actors import Actor
from tenants.invoices import issuing, queries
from tenants.invoices.issuers import change_issuer
from tenants.invoices.notices import note_told
from tenants.invoices.pricing import set_price
from tenants.invoices.terms import Terms
from tenants.isolation.transactions import current_connection, platform_transaction
from tenants.models import Tenant
from tenants.months import Month, month_of
from tenants.queries import provider_scope
from tenants.usage.counting import sum_up_days
from tenants.usage.models import UsageHour

_ACTOR = Actor.system("demo")
_MONTHS, _DAYS = 3, 31
_FEES = {"standard": 50_000, "enterprise": 200_000}
_ISSUER = {
    "name": "関所クラウド株式会社",
    "postal_code": "100-0001",
    "address": "東京都千代田区千代田1-1",
    "phone": "03-0000-0000",
    "registration_number": "T7000012050002",
    "bank_name": "見本銀行",
    "branch_name": "本店営業部",
    "account_number": "1234567",
    "account_holder": "カ)セキシヨクラウド",
}
# Requests of a working day, hour by hour; nobody works at night.
_DAY = (0, 0, 0, 0, 0, 0, 1, 4, 22, 41, 48, 37, 12, 33, 45, 39, 31, 24, 11, 5, 2, 1, 0, 0)


def tell_history(companies: list[Tenant]) -> None:
    """Prices and an issuer, invoices of the last months, usage of the last 30 days. With no transaction open."""
    now = timezone.now()
    month = month_of(now, "Asia/Tokyo")
    for _step in range(_MONTHS):
        month = month.previous
    with provider_scope():
        change_issuer(**_ISSUER, actor=_ACTOR)
        for plan, fee in _FEES.items():
            set_price(plan_code=plan, valid_from=month.first_day, fee=fee, actor=_ACTOR)
    began = month.starts_at + timedelta(days=4)
    for tenant in companies:
        tenant.created_at = began  # not saved
    for _step in range(_MONTHS):
        _invoice(companies, month)
        month = month.next
    _use(companies, now)


def _invoice(companies: list[Tenant], month: Month) -> None:
    """What the job would have issued on the morning after the month."""
    at = month.ends_at + timedelta(hours=9)
    for tenant in companies:
        lines = issuing.lines_of(tenant, month, queries.prices(), Terms({}, {}))
        invoice = issuing.issue(issuing.Draft(tenant, month, lines), now=at, actor=_ACTOR) if lines else None
        if invoice is not None:
            note_told(invoice, at)


def _use(companies: list[Tenant], now: datetime) -> None:
    """The hours of the last days, summed up by day as always."""
    newest = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - timedelta(hours=1)
    count = _DAYS * 24
    with platform_transaction():
        with current_connection().cursor() as cursor:
            cursor.execute("SELECT * FROM usage_documents()")
            stock = {tenant_id: (documents, storage) for tenant_id, documents, storage in cursor.fetchall()}
        UsageHour.objects.bulk_create(
            _hour(tenant, size, newest - timedelta(hours=count - number), number, *stock[tenant.id])
            for size, tenant in enumerate(companies, start=1)
            for number in range(count)
        )
    sum_up_days(now)


def _hour(tenant: Tenant, size: int, hour: datetime, number: int, documents: int, storage: int) -> UsageHour:
    """What is there now came little by little."""
    local = timezone.localtime(hour)
    asked = size * _DAY[local.hour] // (1 if local.weekday() < 5 else 12)
    return UsageHour(
        tenant_id=tenant.id,
        hour=hour,
        users_active=3 if number > _DAYS * 8 else 1,
        users_suspended=0,
        documents=documents * (number // 24) // _DAYS,
        storage=storage * (number // 24) // _DAYS,
        requests=asked,
        errors=int(asked > 0 and number % 97 == 0),
        median_ms=18.0 + number % 7 if asked else None,
        p95_ms=64.0 + number % 23 if asked else None,
        events=asked // 3,
    )
