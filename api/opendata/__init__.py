"""Open data: tables, releases of them, and what portals harvest. docs/opendata.md."""
