from django.apps import AppConfig


class VaultConfig(AppConfig):
    """Keys, encrypted streams and object stores. No tables: what the vault keeps must not be in the database."""

    name = "vault"

    def ready(self) -> None:
        from vault import checks, keys, stores  # noqa: F401  registers the checks; the rest needs settings

        stores.follow_settings()
        keys.follow_settings()
