"""`manage.py tenant …`: each area has its subcommands in a module of its own; edges, as commands are."""
