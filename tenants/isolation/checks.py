"""System checks of the wall."""
