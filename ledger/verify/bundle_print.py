"""The prints of a bundle: the template and its data are what bundle.json says, and no more is known of them.

Their figures are not recomputed here: a page is made of them, and a page proves nothing. What is proved is
the answer; the warning says so, for whoever reads only the page. Source: docs/print.md.
"""

from __future__ import annotations

from hashlib import sha256

from ledger.verify.archive import Archive
from ledger.verify.report import Check, Fault


def check_print(check: Check, archive: Archive) -> None:
    """Each file that bundle.json names is here, with its bytes; and no other one is."""
    listed = {row.name: row for row in archive.manifest.prints}
    here = dict(archive.prints())
    for name in sorted(listed.keys() | here.keys()):
        check.count += 1
        row = listed.get(name)
        if row is None:
            check.fail(Fault("print-unlisted", None, name))
        elif name not in here:
            check.fail(Fault("print-missing", None, name))
        elif here[name] != row.size or sha256(archive.printed(name)).hexdigest() != row.sha256:
            check.fail(Fault("print-altered", None, name))
    check.warn("print-not-recomputed")
