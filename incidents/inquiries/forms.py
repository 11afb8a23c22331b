"""Forms of inquiries. They clean what was typed; the rules are in the services."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from incidents.inquiries.answering import AFTER_ANSWER, BY_HAND
from incidents.inquiries.attachments import ALLOWED, MOST_FILES, Sent
from incidents.inquiries.models import InquiryKind, InquiryState, Priority
from incidents.inquiries.thread import LONGEST

MINE, NOBODYS = "me", "nobody"
_STATES = dict(InquiryState.choices)


class InMemory(MemoryFileUploadHandler):
    """Keeps files in memory whatever the size of the body, which is capped before: nothing lies on a disk unsealed."""

    def handle_raw_input(self, *args: Any, **kwargs: Any) -> None:
        """Take every file."""
        self.activated = True


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files of one message."""

    widget = _SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> list[Sent]:
        """The files with their contents."""
        return [Sent(file.name or "", file.read()) for file in data or ()]


class MessageForm(forms.Form):
    """What somebody writes, with files. The files come last, so that a body that is cut off has the rest."""

    text = forms.CharField(label=_("Message"), max_length=LONGEST, widget=forms.Textarea({"rows": 8}))
    attached = FilesField(
        label=_("Attachments"),
        required=False,
        help_text=_("Up to %(count)d files, 10 MB together: PDF, images, text, CSV, JSON, Office files, ZIP.")
        % {"count": MOST_FILES},
        widget=_SeveralFiles({"accept": ",".join(ALLOWED)}),
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._too_large = too_large

    def clean_attached(self) -> list[Sent]:
        """Complain of the size where files had to be left out."""
        if self._too_large:
            raise ValidationError(_("The files are larger than 10 MB together. Leave some of them out."))
        found: list[Sent] = self.cleaned_data["attached"]
        return found


class InquiryForm(MessageForm):
    """A new inquiry."""

    kind = forms.ChoiceField(label=_("What it is about"), choices=InquiryKind.choices)
    priority = forms.ChoiceField(label=_("Priority"), choices=Priority.choices, initial=Priority.NORMAL)
    subject = forms.CharField(label=_("Subject of the inquiry"), max_length=150)

    field_order = ("kind", "priority", "subject", "text", "attached")


class AnswerForm(MessageForm):
    """An operator's answer, and whose turn it is then."""

    state = forms.ChoiceField(
        label=_("State after the answer"), choices=[(one.value, _STATES[one]) for one in AFTER_ANSWER]
    )

    field_order = ("text", "state", "attached")


class NoteForm(forms.Form):
    """A note among operators."""

    text = forms.CharField(label=_("Internal note"), max_length=LONGEST, widget=forms.Textarea({"rows": 3}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "note_%s"  # the page has other forms with a text


class StateForm(forms.Form):
    """Another state without an answer."""

    state = forms.ChoiceField(label=_("State"), choices=[(one.value, _STATES[one]) for one in BY_HAND])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "state_%s"  # as above


class AssignForm(forms.Form):
    """Who is in charge."""

    operator = forms.ChoiceField(label=_("In charge"), required=False)

    def __init__(self, *args: Any, operators: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["operator"]
        chosen.choices = [("", pgettext_lazy("in charge", "Nobody")), *((str(one.id), one.name) for one in operators)]


class QueueForm(forms.Form):
    """Which inquiries of the queue."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("Waits for us")), ("all", pgettext_lazy("states", "All")), *InquiryState.choices],
    )
    company = forms.CharField(
        label=_("Company"), max_length=150, required=False, widget=forms.TextInput({"type": "search"})
    )
    in_charge = forms.ChoiceField(label=_("In charge"), required=False)
    deadline = forms.ChoiceField(
        label=_("First answer"),
        required=False,
        choices=[("", _("Any time")), ("overdue", _("Overdue")), ("today", _("Due today"))],
    )

    def __init__(self, *args: Any, operators: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["in_charge"]
        people = [(str(one.id), one.name) for one in operators]
        chosen.choices = [
            ("", pgettext_lazy("in charge", "Anybody")),
            (MINE, pgettext_lazy("in charge", "Me")),
            (NOBODYS, pgettext_lazy("in charge", "Nobody")),
            *people,
        ]
