"""Pages of the status page that are no files: subscriptions, and the operators' page."""
