"""Postal codes and phone numbers as people type them (T5)."""

import pytest
from django.core.exceptions import ValidationError

from tenants.contract.countries import Country, clean_phone, clean_postal_code

CODES = [
    ("JP", "100-0001", "100-0001"),
    ("JP", "1000001", "100-0001"),
    ("JP", "〒１００−０００１", "100-0001"),
    ("JP", "１００ー０００１", "100-0001"),
    ("JP", " ", ""),
    ("US", "20500-0003", "20500-0003"),
    ("US", "205000003", "20500-0003"),
    ("US", "20500", "20500"),
    ("GB", "sw1a1aa", "SW1A 1AA"),
    ("CA", "k1a 0b1", "K1A 0B1"),
    ("IN", "110 001", "110001"),
    ("HK", "", ""),
]
WRONG_CODES = [("JP", "100-001"), ("JP", "10O-0001"), ("US", "2050"), ("GB", "1000001"), ("HK", "999077")]
PHONES = [
    ("03-1234-5678", "03-1234-5678"),
    ("０３−１２３４−５６７８", "03-1234-5678"),
    ("+81  3 1234 5678", "+81 3 1234 5678"),
    ("0120(123)456", "0120(123)456"),
    ("", ""),
]


@pytest.mark.parametrize(("country", "typed", "kept"), CODES)
def test_a_postal_code_is_kept_in_one_way_of_writing(country: str, typed: str, kept: str) -> None:
    """T5: whatever the keyboard made of it; cleaning a clean one changes nothing."""
    assert clean_postal_code(typed, country) == kept
    assert clean_postal_code(kept, country) == kept


@pytest.mark.parametrize(("country", "typed"), WRONG_CODES)
def test_a_postal_code_of_another_country_is_refused(country: str, typed: str) -> None:
    """T5: the complaint shows a right one, where there is any."""
    with pytest.raises(ValidationError):
        clean_postal_code(typed, country)


@pytest.mark.parametrize("country", [country for country in Country if country != Country.HK])
def test_every_country_takes_its_own_example(country: str) -> None:
    """T5: what the complaint tells people to write is right."""
    with pytest.raises(ValidationError) as refused:
        clean_postal_code("?", country)
    assert refused.value.params
    example = refused.value.params["example"]
    assert clean_postal_code(example, country) == example


@pytest.mark.parametrize(("typed", "kept"), PHONES)
def test_a_phone_number_keeps_its_signs(typed: str, kept: str) -> None:
    """T5: narrow characters, single blanks."""
    assert clean_phone(typed) == kept


@pytest.mark.parametrize("typed", ["12345", "phone", "03-1234-5678 ext. 2", "+", "1" * 16, "03--", "٠٣-١٢٣٤-٥٦٧٨"])
def test_what_nobody_could_call_is_refused(typed: str) -> None:
    """T5: letters, too few digits, too many."""
    with pytest.raises(ValidationError):
        clean_phone(typed)
