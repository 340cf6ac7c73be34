"""Questions of the public, told as stories: given, when, then. Told to a real ledger, read over HTTP."""
