"""The doors: routes, pages, command line, importers and texts."""
