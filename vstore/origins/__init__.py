"""Who wrote each token: origins, followed through everything that editors do.

`passages` cuts a text, `written` knows all that was ever written, `fold` takes one version after another,
`claims` finds what is left of old text in a new one, `touches` says when a passage last changed, `strands`
are the answer in characters, `trace` follows a story and `checkpoints` keep how far it came. No storage here.
"""
