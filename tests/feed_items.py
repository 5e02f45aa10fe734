"""Made-up feeds."""

from __future__ import annotations

ITEM = """<item>
<title>Bridge &amp;amp; ferry</title><link>https://kestrel.example/bridge?x=1&amp;y=2</link>
<guid isPermaLink="false">kestrel-17</guid><pubDate>Fri, 02 May 2031 08:15 +0200</pubDate>
<dc:creator>Ann Reed</dc:creator><category>bridges</category><category>Norden</category>
<description>Cracks in &lt;b&gt;two&lt;/b&gt; piers.</description>
<content:encoded>
<![CDATA[<p>The bridge is closed.</p><p>The <i>ferry</i> runs &amp; is free.</p>]]></content:encoded>
<enclosure url="https://kestrel.example/bridge.jpg" type="image/jpeg" length="9"/>
<media:credit>Ida Brandt</media:credit><made:up xmlns:made="urn:made-up">as it is</made:up></item>"""


def rss(*items: str, declared: str = "utf-8") -> str:
    """A feed of these items."""
    return f"""<?xml version="1.0" encoding="{declared}"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/">
<channel><title>Kestrel Wire</title><link>https://kestrel.example/</link><language>en-gb</language>
<copyright>Kestrel 2031</copyright>{"".join(items)}</channel></rss>"""
