"""The test suite. Run it with `make test`; `tests/conftest.py` says what it offers to a test."""
