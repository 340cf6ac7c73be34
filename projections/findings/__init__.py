"""What deserves attention in a programme's record: rules, one table a theme, over cells and events at (D, K).

A finding says «потребує уваги», never «порушення»: people judge. Nothing here is stored as truth.
"""
