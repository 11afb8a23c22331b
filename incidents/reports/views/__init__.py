"""Pages and files of reviews and documents."""
