"""The worker on lists: imports, previews, exports."""
