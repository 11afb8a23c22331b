"""The form of an upload, and the cap that keeps a huge one from the disk."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.utils.translation import gettext_lazy as _

from accounts.people.problems import MAX_BYTES

# Up to so much is read and thrown away, so that the browser sees our answer; beyond it the connection is closed.
_PATIENCE_BYTES = 64 * 1024 * 1024


class CappedUpload(FileUploadHandler):
    """Lets pass so many bytes (by default what a list may have) and stops the rest; stands before Django's handlers."""

    def __init__(self, request: Any = None, *, most: int | None = None) -> None:
        super().__init__(request)
        self._most = MAX_BYTES if most is None else most
        self.too_large = False
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Count, and hand on to the next handler."""
        self._received += len(raw_data)
        if self._received > self._most:
            self.too_large = True
            raise StopUpload(connection_reset=(self.content_length or 0) > _PATIENCE_BYTES)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The next handler makes the file."""


class ImportForm(forms.Form):
    """A list of users as CSV."""

    file = forms.FileField(
        label=_("CSV file"),
        max_length=200,
        help_text=_("UTF-8 or Shift_JIS, at most 10,000 rows and 5 MB. The first row names the columns."),
        widget=forms.FileInput({"accept": ".csv,text/csv"}),
        error_messages={"empty": _("The file is empty.")},
    )

    def __init__(self, *args: Any, too_large: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._too_large = too_large
        if too_large:
            self.fields["file"].required = False

    def clean_file(self) -> Any:
        """Complain of the size where the file had to be left out."""
        if self._too_large:
            raise ValidationError(_("The file is larger than 5 MB. Split the list."), code="too_large")
        return self.cleaned_data["file"]
