"""Measurements of vstore beside its peers, in the same run: `python -m bench`; see README.md."""
