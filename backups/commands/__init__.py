"""The subcommands of `manage.py backup`, a module for each area; the command puts them together."""
