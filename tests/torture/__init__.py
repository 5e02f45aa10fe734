"""What a store promises, attacked: `make torture`; see docs/reliability.md.

Each part gives its cases a seed, says how many it tried, and returns what broke a promise. A new operation
joins them all with one line in `operations.OPERATIONS`.
"""
