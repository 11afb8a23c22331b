"""Template tags of the public status page."""
