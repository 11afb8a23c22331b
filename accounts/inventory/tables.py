"""Tables of account inventories."""

import django_tables2 as tables
from django.db.models import F, QuerySet
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.inventory.models import AccountReview, ReviewedAccount

_MOMENT = "{% load elements %}{% if value %}{% moment value %}{% else %}—{% endif %}"
_DAY = "{% load elements %}{% moment value date_only=True %}"
_NUMERIC = {"td": {"class": "numeric"}, "th": {"class": "numeric"}}
_BOX = {"td": {"class": "box"}, "th": {"class": "box"}}
_REVIEW = """<a href="{% url 'console:inventory_review' record.id %}">{{ record.name }}</a>"""
_STATE = "{% load elements %}{% badge record.get_state_display status=record.state %}"
_ALL = SafeString('<input type="checkbox" class="form-check-input" data-check-all="account" hidden>')


class ReviewTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """All inventories of the company."""

    name = tables.TemplateColumn(_REVIEW, verbose_name=_("Inventory"))
    state = tables.TemplateColumn(_STATE, verbose_name=_("State"))
    decided = tables.Column(verbose_name=_("Accounts decided about"), attrs=_NUMERIC)
    started_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Started"))
    started_by_name = tables.Column(verbose_name=_("Started by"))
    due_on = tables.TemplateColumn(_DAY, verbose_name=_("To be completed by"))
    completed_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Completed"))

    class Meta:
        orderable = False
        empty_text = _("No inventory yet")

    caption = _("Inventories")
    empty_icon = "clipboard-check"
    empty_hint = _("Begin one: you get a list of every account with its last use and its rights.")

    def render_decided(self, record: AccountReview) -> str:
        """Decided of all."""
        return f"{record.decided} / {record.total}"  # type: ignore[attr-defined]  # annotated by the query


class AccountTable(tables.Table):  # type: ignore[misc]
    """The accounts of an inventory, with a box each while it is open."""

    box = tables.TemplateColumn(
        template_name="accounts/console/_inventory_box.html", verbose_name=_ALL, orderable=False, attrs=_BOX
    )
    name = tables.TemplateColumn(
        template_name="accounts/console/_inventory_account.html",
        verbose_name=_("Account"),
        order_by=("name", "user_id"),
    )
    last_used_at = tables.TemplateColumn(_MOMENT, verbose_name=_("Last use"))
    roles = tables.TemplateColumn(
        template_name="accounts/console/_inventory_rights.html", verbose_name=_("Rights"), orderable=False
    )
    factors = tables.TemplateColumn(
        template_name="accounts/console/_inventory_factors.html", verbose_name=_("Log-in"), orderable=False
    )
    decision = tables.TemplateColumn(
        template_name="accounts/console/_inventory_decision.html", verbose_name=_("Decision"), empty_values=()
    )

    class Meta:
        order_by = "name"
        empty_text = _("No account matches")

    caption = _("Accounts")
    empty_icon = "users"
    empty_hint = _("Show all accounts, or search for something else.")

    def order_last_used_at(self, accounts: QuerySet[ReviewedAccount], descending: bool) -> tuple[object, bool]:
        """Those who never came are the longest away."""
        last = F("last_used_at")
        order = last.desc(nulls_last=True) if descending else last.asc(nulls_first=True)
        return accounts.order_by(order, "user_id"), True

    def before_render(self, _request: object) -> None:
        """Nothing can be chosen in an inventory that is completed."""
        if not self.is_open:
            self.columns.hide("box")

    is_open = True
    may_carry_out = False
