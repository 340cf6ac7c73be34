"""`make bench-peers`: Pledger beside the tools that a team would pick instead, on the same workload."""
