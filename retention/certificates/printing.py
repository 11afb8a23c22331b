"""A certificate as PDF, in Japanese or English: データ消去証明書 (R1, R2)."""

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import typst
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from retention.certificates.models import Certificate
from retention.certificates.telling import sections_of
from retention.erasure.models import Ground

_TEMPLATE = Path(__file__).with_name("certificate.typ")
LANGUAGES = ("ja", "en")


def pdf(certificate: Certificate, language: str) -> bytes:
    """The certificate on paper. Texts go in as data, never as markup. Takes its time: call it outside a transaction."""
    fonts = settings.BASE_DIR / "static" / "vendor" / "biz-udpgothic"
    with translation.override(language):
        inputs = {"data": json.dumps(_printed(certificate, language), ensure_ascii=False)}
    return bytes(typst.compile(str(_TEMPLATE), font_paths=[str(fonts)], sys_inputs=inputs))


def _printed(certificate: Certificate, language: str) -> dict[str, Any]:
    content = certificate.content
    return {
        "language": language,
        "title": _("Certificate of data erasure"),
        "number": f"{_('Number')} {certificate.number}",
        "to": _("To %(name)s") % {"name": content["company"]["name"]},
        "from": content["provider"],
        "words": _(
            "We certify that all data of the company named below was erased from our service, backups included, and "
            "that it cannot be restored. What stays, why and until when is listed at the end."
        ),
        "facts": _facts(certificate, content),
        "sections": [
            {**asdict(section), "numbers": list(section.numbers)}
            for section in sections_of(content["removed"], content["proof"], content["stays"])
        ],
        "signature": [
            [_("SHA-256 of the signed statement"), certificate.digest],
            [_("Signing key"), certificate.key_id],
            [_("Signature (Ed25519)"), bytes(certificate.signature).hex(" ", 8)],
        ],
        "verify": _("The file that comes with this paper (JSON) holds the statement word by word and its signature."),
    }


def _facts(certificate: Certificate, content: dict[str, Any]) -> list[list[str]]:
    zone, dates = ZoneInfo(content["time_zone"]), content["dates"]
    facts = [
        (_("Company"), f"{content['company']['name']} ({content['company']['code']})"),
        (_("Ground"), str(Ground(content["ground"]).label)),
        (_("Asked for"), _moment(dates.get("asked"), zone)),
        (_("Last day of use"), dates.get("last_day") or ""),
        (_("Confirmed by a second person"), _moment(dates.get("confirmed"), zone)),
        (_("Erasure begun"), _moment(dates["begun"], zone)),
        (_("Erased and proven"), _moment(dates["finished"], zone)),
        (_("Promised by"), _moment(dates["promised"], zone)),
        (_("Destroyed keys"), ", ".join(content["key_ids"]) or _("None")),
        (
            _("Last copy for recovery to a point in time ends"),
            _moment(content["last_copies"]["point_in_time"], zone),
        ),
        (_("Last copy of the key store ends"), _moment(content["last_copies"]["key_copies"], zone)),
        (_("Issued"), _moment(certificate.issued_at.isoformat(), zone)),
    ]
    return [[label, value] for label, value in facts if value]


def _moment(text: str | None, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(text).astimezone(zone):%Y-%m-%d %H:%M %Z}" if text else ""
