"""The log as C2SP tlog-tiles: paths, files, a reader that believes none of them; receipts as files."""
