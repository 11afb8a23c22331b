"""Organisation records of the demonstration: made up, in the custom of the country."""

from accounts.models import User
from tenants.contract.services import change_organisation
from tenants.models import Tenant

_RECORDS = {
    "SAKURA": {
        "system_department": "情報システム部",
        "system_phone": "03-5550-0120",
        "billing_department": "経理部",
        "billing_name": "小林 恵子",
        "billing_phone": "03-5550-0121",
        "postal_code": "103-0027",
        "address": "東京都中央区日本橋2-3-4\nさくら日本橋ビル7F",
    },
    "ACME": {
        "system_department": "Information Systems",
        "system_phone": "03-5550-0130",
        "billing_department": "Accounting",
        "billing_name": "Bob Baker",
        "billing_phone": "03-5550-0131",
        "postal_code": "106-0032",
        "address": "Acme Building 5F, 1-2-3 Roppongi, Minato-ku, Tokyo",
    },
    "GLOBEX": {
        "system_department": "IT Operations",
        "system_phone": "045-555-0140",
        "billing_department": "Finance",
        "billing_name": "Fiona Fischer",
        "billing_phone": "045-555-0141",
        "postal_code": "220-0012",
        "address": "Globex Tower 20F, 2-1-1 Minatomirai, Nishi-ku, Yokohama",
    },
}


def keep_record(tenant: Tenant, admin: User) -> None:
    """The record as the company's administrator would fill it in, if the demonstration knows one."""
    record = _RECORDS.get(tenant.company_code)
    if record is not None:
        email = f"billing@{tenant.company_code.lower()}.example"
        change_organisation(tenant.id, changes={**record, "billing_email": email}, actor=admin.as_actor())
