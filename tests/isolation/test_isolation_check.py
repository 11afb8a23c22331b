import pytest
from django.core.management import call_command
@pytest.mark.django_db
def test_x(capsys):
    try:
        call_command("isolation", "check")
    finally:
        print(capsys.readouterr().out)
