"""The public API: a folder per noun, each with its routes and its schemas."""
