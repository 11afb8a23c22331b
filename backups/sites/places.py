"""Where the data of a company are kept, in words for people (T8). All of it comes from the settings."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Kept(Enum):
    """What is kept."""

    DATABASE = "database"
    DOCUMENTS = "documents"
    KEYS = "keys"
    BACKUPS = "backups"
    COPIES = "copies"


class PlaceKind(Enum):
    """The kind of place."""

    DATABASE = "database"
    FOLDER = "folder"
    BUCKET = "bucket"


LABELS = {
    Kept.DATABASE: gettext_lazy("Database"),
    Kept.DOCUMENTS: gettext_lazy("Contents of documents"),
    Kept.KEYS: gettext_lazy("Encryption keys"),
    Kept.BACKUPS: gettext_lazy("Backups"),
    Kept.COPIES: gettext_lazy("Backups, second site"),
}
KINDS = {
    PlaceKind.DATABASE: gettext_lazy("PostgreSQL database"),
    PlaceKind.FOLDER: gettext_lazy("File server"),
    PlaceKind.BUCKET: gettext_lazy("Object storage"),
}
# Regions of Amazon that people here know by their city.
_CITIES = {
    "ap-northeast-1": gettext_lazy("Tokyo, Japan"),
    "ap-northeast-2": gettext_lazy("Seoul, South Korea"),
    "ap-northeast-3": gettext_lazy("Osaka, Japan"),
    "ap-southeast-1": gettext_lazy("Singapore"),
    "eu-central-1": gettext_lazy("Frankfurt, Germany"),
    "us-east-1": gettext_lazy("Virginia, USA"),
    "us-west-2": gettext_lazy("Oregon, USA"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One place. `region` is what the operator called it, or the city of a region of Amazon; empty when not stated."""

    kept: Kept
    kind: PlaceKind
    region: str

    @property
    def label(self) -> str:
        """What is kept there."""
        return str(LABELS[self.kept])

    @property
    def kind_label(self) -> str:
        """On what it is kept."""
        return str(KINDS[self.kind])

    @property
    def region_label(self) -> str:
        """Where that is."""
        if self.region:
            return self.region
        return _("Not stated") if settings.PRODUCTION else _("This machine")


def where_kept() -> tuple[Place, ...]:
    """Every place where data of companies are kept, the second site only where there is one."""
    return tuple(_places())


def _places() -> Iterator[Place]:
    yield Place(Kept.DATABASE, PlaceKind.DATABASE, settings.DATABASE_REGION)
    yield _store(Kept.DOCUMENTS, "VAULT_DOCUMENT_STORE")
    yield _store(Kept.KEYS, "VAULT_KEY_STORE")
    yield _store(Kept.BACKUPS, "VAULT_BACKUP_STORE")
    if settings.VAULT_BACKUP_COPY_STORE:
        yield _store(Kept.COPIES, "VAULT_BACKUP_COPY_STORE")


def _store(kept: Kept, setting: str) -> Place:
    url = getattr(settings, setting)
    kind = PlaceKind.FOLDER if url.startswith("file:") else PlaceKind.BUCKET
    return Place(kept, kind, getattr(settings, f"{setting}_REGION") or _city(url))


def _city(url: str) -> str:
    """Where Amazon says its region is; of a server of somebody else the region is only a word."""
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    if parts.scheme != "s3" or options.get("endpoint", [settings.S3_ENDPOINT_URL])[0]:
        return ""
    region = options.get("region", [settings.S3_REGION])[0]
    return f"{_CITIES[region]} ({region})" if region in _CITIES else region
