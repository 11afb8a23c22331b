"""What is written: a document as a business application has it. The product's side has the same fields."""

from datetime import UTC, date, datetime

from django.db import models

SAMPLE = {
    "name": "請求書 2026-11",
    "counterparty": "Globex",
    "amount": 1,
    "state": "draft",
    "note": "n" * 80,
    "issued_on": date(2026, 11, 22),
    "changed_at": datetime(2026, 11, 22, tzinfo=UTC),
}


class Fields(models.Model):
    name = models.CharField(max_length=200)
    counterparty = models.CharField(max_length=200)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    state = models.CharField(max_length=20)
    note = models.TextField()
    issued_on = models.DateField()
    changed_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name
