"""Lists of documents and counterparties."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

import django_tables2 as tables
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents import queries

PER_PAGE = 25
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_OFFICE = "application/vnd.openxmlformats-officedocument."
_TYPES = (
    ("application/pdf", _("PDF")),
    ("text/csv", _("CSV table")),
    ("text/html", _("Web page")),
    ("text/", _("Text")),
    ("image/", _("Image")),
    ("audio/", _("Sound")),
    ("video/", _("Video")),
    (_OFFICE + "wordprocessingml", _("Word document")),
    (_OFFICE + "spreadsheetml", _("Excel workbook")),
    (_OFFICE + "presentationml", _("PowerPoint presentation")),
    ("application/msword", _("Word document")),
    ("application/vnd.ms-excel", _("Excel workbook")),
    ("application/vnd.ms-powerpoint", _("PowerPoint presentation")),
    ("application/vnd.ms-outlook", _("E-mail")),
    ("message/rfc822", _("E-mail")),
    ("application/zip", _("ZIP archive")),
    ("application/json", _("JSON")),
    ("application/x-empty", _("Empty file")),
    ("application/vnd.microsoft.portable-executable", _("Windows program")),
)


def type_label(content_type: str) -> str:
    """What people call a content type."""
    return next((str(label) for start, label in _TYPES if content_type.startswith(start)), str(_("File")))


def paged(table: tables.Table, request: HttpRequest) -> tables.Table:
    """The table, ordered and cut to a page as the request says; a page that is not there becomes the nearest one."""
    tables.RequestConfig(request, paginate={"per_page": PER_PAGE}).configure(table)
    return table


def _folders_first(column: str) -> Callable[[Any, QuerySet[Any], bool], tuple[QuerySet[Any], bool]]:
    """How to order by the column, either way round: folders stay above documents, equals stand by their name."""

    def order(_table: Any, queryset: QuerySet[Any], is_descending: bool) -> tuple[QuerySet[Any], bool]:
        return queryset.order_by("is_file", f"-{column}" if is_descending else column, "search_name", "id"), True

    return order


class ContentsTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Folders and documents of one folder: the rows of `queries.rows`."""

    name = tables.TemplateColumn(template_name="documents/_name.html", verbose_name=_("Name"))
    content_type = tables.Column(verbose_name=_("Type"), empty_values=())
    size = tables.Column(verbose_name=_("Size"), attrs=_NUMERIC)
    number = tables.Column(verbose_name=_("Version"), attrs=_NUMERIC, orderable=False)
    changed_at = tables.TemplateColumn(template_name="documents/_changed.html", verbose_name=_("Last changed"))
    menu = tables.TemplateColumn(
        template_name="documents/_row_menu.html",
        verbose_name=_("Actions"),
        orderable=False,
        attrs={"td": {"class": "text-nowrap"}},
    )

    caption = _("Folders and documents")
    empty_icon = "folder-open"

    order_name = _folders_first("search_name")
    order_content_type = _folders_first("content_type")
    order_size = _folders_first("size")
    order_changed_at = _folders_first("changed_at")

    class Meta:
        order_by = "name"
        empty_text = _("This folder is empty")

    def __init__(self, *args: Any, may_edit: bool, **kwargs: Any) -> None:
        self.may_edit = may_edit
        self.empty_hint = (
            _("Drop files above, or make a folder.")
            if may_edit
            else _("Somebody with the right to edit can add files.")
        )
        super().__init__(*args, exclude=() if may_edit else ("menu",), **kwargs)

    def render_content_type(self, record: Mapping[str, Any]) -> str:
        """What people call it."""
        return type_label(record["content_type"]) if record["is_file"] else str(_("Folder"))

    def render_size(self, value: int) -> str:
        """Bytes for people."""
        return filesizeformat(value)


class FoundTable(ContentsTable):
    """Folders and documents of all places, each with the way to it."""

    place = tables.TemplateColumn(template_name="documents/_place.html", verbose_name=_("Folder"), orderable=False)

    empty_icon = "search"
    ways: Mapping[UUID, Sequence[queries.Step]] = {}

    class Meta(ContentsTable.Meta):
        empty_text = _("Nothing has such a name")
        sequence = ("name", "place", "...")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.empty_hint = _("Try a part of the name, or fewer words.")

    def find_ways(self) -> None:
        """Ask for the ways to the folders of this page, in one query. Call when the page is chosen."""
        places = {row.record["place"] for row in self.paginated_rows} - {None}
        self.ways = queries.ways_to(places) if places else {}

    def render_place(self, column: tables.TemplateColumn, **kwargs: Any) -> str:
        """The way, by the column's own template."""
        way = self.ways.get(kwargs["record"]["place"], ())
        record = {**kwargs["record"], "path": " / ".join(step.name for step in way)}
        return str(column.render(**{**kwargs, "record": record}, column=column))


class VersionTable(tables.Table):  # type: ignore[misc]
    """The versions of a document."""

    number = tables.Column(verbose_name=_("Version"), attrs=_NUMERIC)
    uploaded_at = tables.TemplateColumn(template_name="documents/_uploaded.html", verbose_name=_("Uploaded"))
    size = tables.Column(verbose_name=_("Size"), attrs=_NUMERIC)
    content_type = tables.Column(verbose_name=_("Type"))
    sha256 = tables.TemplateColumn("<code>{{ value|slice:':12' }}</code>", verbose_name=_("SHA-256"))
    download = tables.TemplateColumn(template_name="documents/_download.html", verbose_name=_("Download"))

    caption = _("Versions")

    class Meta:
        orderable = False

    def render_size(self, value: int) -> str:
        """Bytes for people."""
        return filesizeformat(value)

    def render_content_type(self, value: str) -> str:
        """What people call it."""
        return type_label(value)


class CounterpartyTable(tables.Table):  # type: ignore[misc]
    """Business partners."""

    code = tables.Column(verbose_name=_("Code"), linkify=("documents:counterparty", [tables.A("id")]))
    name = tables.Column(verbose_name=pgettext_lazy("company", "Name"), order_by=("kana", "name"))
    corporate_number = tables.Column(verbose_name=_("Corporate number"), orderable=False)
    active = tables.TemplateColumn(template_name="documents/_active.html", verbose_name=_("State"))

    caption = _("Counterparties")
    empty_icon = "address-book"
    empty_hint = _("Counterparties are the companies that your documents are about.")

    class Meta:
        order_by = "code"
        empty_text = _("No counterparties found")
