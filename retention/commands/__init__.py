"""The subcommands of `manage.py retention`, a module for each area; the command puts them together."""
