"""Imports, previews, exports, national lists."""
