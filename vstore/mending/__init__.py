"""Stories put together again from what is left of them, and from another store that has them.

`other` is where versions, texts and dictionaries are fetched; `names` finds out whose rows they are, `chain`
which versions are proved by their ids, `texts` what they say; `story` puts all of it back. `apart` is for the
rows of no story.
"""
