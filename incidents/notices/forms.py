"""Forms of notices. They clean what was typed; the rules are in the services."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from incidents.notices.content import Content
from incidents.notices.fields import moment_field
from incidents.notices.models import BODY_LENGTH, REASON_LENGTH, TITLE_LENGTH, Kind, MailTo, Notice
from incidents.notices.queries import companies_of_codes
from tenants.isolation.directory import normalize_code
from tenants.models import Tenant

ALL, CHOSEN = "all", "chosen"
# Maintenance and incidents are announced from their own pages, which keep their promises.
_KINDS = [(kind.value, kind.label) for kind in (Kind.NEW_FUNCTION, Kind.HARMFUL_CHANGE, Kind.END_OF_SERVICE)]
_PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}


def _text(label: Any, length: int, *, required: bool, language: str, rows: int = 0) -> forms.CharField:
    widget = forms.Textarea({"rows": rows, "lang": language}) if rows else forms.TextInput({"lang": language})
    return forms.CharField(label=label, max_length=length, required=required, widget=widget)


class NoticeForm(forms.Form):
    """What a notice says, and to whom."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=_KINDS)
    title_ja = _text(gettext_lazy("Title in Japanese"), TITLE_LENGTH, required=True, language="ja")
    body_ja = _text(gettext_lazy("Text in Japanese"), BODY_LENGTH, required=True, language="ja", rows=7)
    title_en = _text(gettext_lazy("Title in English"), TITLE_LENGTH, required=False, language="en")
    body_en = _text(gettext_lazy("Text in English"), BODY_LENGTH, required=False, language="en", rows=7)
    to = forms.ChoiceField(
        label=gettext_lazy("Addressed to"),
        choices=[(ALL, gettext_lazy("All companies")), (CHOSEN, gettext_lazy("Chosen companies"))],
        widget=forms.RadioSelect,
        initial=CHOSEN,
    )
    companies = forms.CharField(
        label=gettext_lazy("Company codes"),
        required=False,
        widget=forms.Textarea({"rows": 2} | _PLAIN),
        help_text=gettext_lazy("For chosen companies: their codes, with blanks, commas or line ends between them."),
    )
    takes_effect_at = moment_field(
        gettext_lazy("Takes effect"),
        required=False,
        help_text=gettext_lazy("Needed for changes with effects on use, and for the end of the service."),
    )
    short_notice_ja = _text(
        gettext_lazy("Reason for short notice, in Japanese"), REASON_LENGTH, required=False, language="ja"
    )
    short_notice_en = _text(
        gettext_lazy("Reason for short notice, in English"), REASON_LENGTH, required=False, language="en"
    )
    mail_to = forms.ChoiceField(
        label=gettext_lazy("By mail to"), choices=MailTo.choices, required=False, initial=MailTo.CONTACTS
    )
    urgent = forms.BooleanField(
        label=gettext_lazy("Urgent: as a banner on every page until it is read"), required=False
    )
    public = forms.BooleanField(
        label=gettext_lazy("Public: also without a log-in and in the feeds (for all companies only)"), required=False
    )

    def clean_companies(self) -> list[Tenant]:
        """The companies of the codes; complains about codes that nobody has."""
        typed = self.cleaned_data["companies"].replace(",", " ").replace("、", " ").split()
        codes = {normalize_code(code) for code in typed}
        found = companies_of_codes(codes)
        if unknown := codes - {tenant.company_code for tenant in found}:
            raise forms.ValidationError(_("No company has the code %(codes)s.") % {"codes": ", ".join(sorted(unknown))})
        return found

    def content(self) -> Content:
        """What was typed, as the services take it."""
        typed = dict(self.cleaned_data)
        chosen = [tenant.id for tenant in typed.pop("companies")]
        return Content(tenant_ids=None if typed.pop("to") == ALL else chosen, **typed)

    @staticmethod
    def initial_of(notice: Notice, companies: list[Tenant]) -> dict[str, Any]:
        """A notice that is to be changed."""
        same = ("kind", "title_ja", "body_ja", "title_en", "body_en", "takes_effect_at", "short_notice_ja")
        given = {name: getattr(notice, name) for name in (*same, "short_notice_en", "mail_to", "urgent", "public")}
        codes = " ".join(tenant.company_code for tenant in companies)
        return given | {"to": ALL if notice.to_all else CHOSEN, "companies": codes}


class ScheduleForm(forms.Form):
    """When the clock is to publish it."""

    publish_at = moment_field(pgettext_lazy("notice", "Publish at"))


class WithdrawForm(forms.Form):
    """Why it is taken back."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        help_text=gettext_lazy("For the provider's own record. Companies do not see it."),
    )
