"""The public status page (N1, N8): static files, rendered ahead, that stay up when the application is down."""
