"""Tables of mailings."""

import django_tables2 as tables
from django.utils.translation import gettext_lazy as _

_MOMENT = "{% load elements %}{% if value %}{% moment value %}{% else %}—{% endif %}"


class DeliveryTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Mails of a mailing, those that did not arrive first."""

    company = tables.TemplateColumn(
        "{% load i18n %}{% if value %}{{ value.name }}<br><code>{{ value.company_code }}</code>"
        "{% else %}{% translate 'Subscriber' %}{% endif %}",
        verbose_name=_("Company"),
        empty_values=(),
    )
    address = tables.Column(accessor="delivery__shown_address", verbose_name=_("E-mail address"))
    language = tables.Column(accessor="delivery__language", verbose_name=_("Language"))
    state = tables.TemplateColumn(
        template_name="incidents/mailing/_state.html", accessor="delivery__state", verbose_name=_("State")
    )
    sent_at = tables.TemplateColumn(_MOMENT, accessor="delivery__sent_at", verbose_name=_("Sent at"), empty_values=())

    class Meta:
        orderable = False
        empty_text = _("No mail")

    caption = _("Mails")
    empty_icon = "mail"
    empty_hint = _("Nobody is told yet, or nothing fits what was asked for.")
