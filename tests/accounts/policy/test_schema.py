"""What is not stored (ASVS 6.4.2)."""

from django.apps import apps


def test_there_are_no_hints_and_no_secret_questions() -> None:
    """ASVS 6.4.2: no column of the product could hold one."""
    columns = {field.name for model in apps.get_models() for field in model._meta.get_fields()}
    assert not {name for name in columns for word in ("hint", "question", "reminder") if word in name}
