"""The subcommands of `manage.py keys`, a module for each area; the command puts them together."""
