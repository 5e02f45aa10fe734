"""What a store promises, attacked: `make torture`; see docs/reliability.md.

Each part gives its cases a seed, says how many it tried, and returns what broke a promise. A new operation
joins those that attack operations with one line in `operations.OPERATIONS`, the histories with a function in
`changes.CHANGES` or `asking.QUESTIONS`; a new parser is a line in a `grammar_*`.
"""
