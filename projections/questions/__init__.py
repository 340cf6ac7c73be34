"""The auditor's twenty questions: named views over findings, diff and state at (D, K).

Each answers in one sentence, with what it rests on and what is lacking. "No" is said only where there was
something to look at, and all of it was looked at. Source: domain.md, Twenty questions; docs/questions.md.
"""
