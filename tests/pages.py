"""Made-up web pages, as sites serve them."""

from __future__ import annotations

PARAGRAPHS = (
    "The old bridge over the Aller was closed on Friday after engineers found cracks in two of its piers.",
    "Traffic is sent by way of the ferry at Norden, the council said, and it may be weeks before it opens.",
    "“We do not take chances with a bridge a hundred years old,” said Ida Brandt, who leads the works.",
    "Buses end at the market square until further notice, and tickets of the ferry are free for pupils.",
)

HEAD = """
<meta charset="utf-8">
<title>Bridge closed | Kestrel Wire</title>
<meta property="og:title" content="Bridge closed">
<meta property="og:site_name" content="Kestrel Wire">
<meta name="author" content="Ann Reed">
<meta name="keywords" content="bridge, Norden">
<meta name="copyright" content="Kestrel 2031">
<meta name="description" content="Cracks in two piers.">
<meta property="article:published_time" content="2031-05-02T08:15:00+02:00">
<meta property="article:modified_time" content="2031-05-02T11:40:00+02:00">
<link rel="canonical" href="https://kestrel.example/bridge">
"""


def page(*paragraphs: str, head: str = HEAD) -> str:
    """A page with an article of these paragraphs between the usual furniture."""
    body = "".join(f"<p>{paragraph}</p>\n" for paragraph in paragraphs or PARAGRAPHS)
    return f"""<!doctype html>
<html lang="en"><head>{head}</head>
<body><nav><a href="/">Home</a> <a href="/news">News</a></nav>
<main><article><h1>Bridge closed</h1>
{body}</article></main>
<footer><p>&copy; Kestrel</p></footer></body></html>
"""
