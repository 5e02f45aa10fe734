"""Verify a store: `run` goes through it, each level by the modules before it.

`rows` is what every level looks at, `texts` what all but the quick one restore; `payloads`, `recounts` and
`origins` are the deep one's: what is derived or kept apart is made again and compared.
"""
