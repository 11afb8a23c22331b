"""Who is in the demonstration."""

from dataclasses import dataclass

from accounts.factors.totp import typed_seed
from accounts.menus import ADMINISTRATOR, EDITOR, OPERATOR, READER
from tenants.plans import PlanCode


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can log in."""

    user_id: str
    name: str
    role: str
    password: str
    app_seed: bytes = b""  # of the authenticator app; the provider's people need one


@dataclass(frozen=True, slots=True)
class Partner:
    """A business partner of a company."""

    code: str
    name: str
    kana: str = ""


@dataclass(frozen=True, slots=True)
class DemoCompany:
    """A company of the demonstration, in its own language."""

    code: str
    name: str
    plan: PlanCode
    language: str
    people: tuple[Person, ...]
    partners: tuple[Partner, ...] = ()


def _cast(word: str, admin: str, editor: str, reader: str) -> tuple[Person, ...]:
    return (
        Person("admin", admin, ADMINISTRATOR, f"gate-{word}-chief-2026"),
        Person("editor", editor, EDITOR, f"gate-{word}-write-2026"),
        Person("reader", reader, READER, f"gate-{word}-look-2026"),
    )


PROVIDER = DemoCompany(
    "SEKISHO",
    "関所クラウド株式会社",
    PlanCode.ENTERPRISE,
    "ja",
    (Person("operator", "関守 一郎", OPERATOR, "gate-keeper-on-duty-2026", b"gate keeper's lamp.."),),
)

COMPANIES = (
    DemoCompany(
        "ACME",
        "Acme Japan K.K.",
        PlanCode.STANDARD,
        "en",
        _cast("anvil", "Alice Anderson", "Edward Ellis", "Rita Reyes"),
        (
            Partner("C-001", "Road Runner Logistics"),
            Partner("C-002", "Coyote Instruments Ltd."),
            Partner("C-003", "東京部品株式会社", "トウキョウブヒン"),
        ),
    ),
    DemoCompany(
        "GLOBEX",
        "Globex Corporation Japan",
        PlanCode.ENTERPRISE,
        "en",
        _cast("globe", "Gina Garcia", "Erik Evans", "Rosa Rossi"),
        (
            Partner("P-10", "Cypress Creek Energy"),
            Partner("P-11", "Hammock District Co."),
            Partner("P-12", "横浜貿易株式会社", "ヨコハマボウエキ"),
        ),
    ),
    DemoCompany(
        "SAKURA",
        "さくら商事株式会社",
        PlanCode.STANDARD,
        "ja",
        _cast("blossom", "佐藤 花子", "鈴木 一郎", "高橋 美咲"),
        (
            Partner("A-100", "株式会社北海水産", "ホッカイスイサン"),
            Partner("A-101", "有限会社みどり製茶", "ミドリセイチャ"),
            Partner("A-102", "富士梱包株式会社", "フジコンポウ"),
        ),
    ),
)


def logins() -> list[dict[str, str]]:
    """Every log-in of the demonstration, for `var/demo.json`."""
    return [
        {
            "company_code": company.code,
            "user_id": person.user_id,
            "password": person.password,
            "role": person.role,
            "app_key": typed_seed(person.app_seed) if person.app_seed else "",
        }
        for company in (PROVIDER, *COMPANIES)
        for person in company.people
    ]
