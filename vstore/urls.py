"""URLs in a normal form: one page has one name, however it was linked."""

from __future__ import annotations

import re

LONGEST = 8_192
"""Characters of a URL; what is longer is no page's, and is compared as it is."""

_UNWRAPPED = 3
"""So many AMP caches are looked through."""

# Patterns are compiled when they are first used: a log uses none of them.
_USUAL = (
    r"(?a)https?://(?:www\.)?([a-z0-9-]+(?:\.[a-z0-9-]+)+)"
    r"(?!/(?:index|default|home)\.)(/[\w~/-]*[\w~-](?:\.s?html?)?)/*"
)
_URL = r"(?is)(?:(?:https?|feed):)?//([^/?#\\]*)([^?#]*)(?:\?([^#]*))?(?:#(.*))?"
_HOST = r"(\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(?::([0-9]{0,5}))?"
_PLAIN = r"[A-Za-z0-9._~!$&'()*+,;=:@/?-]*"
_ODD = r"%[0-9A-Fa-f]{2}|[^A-Za-z0-9._~!$&'()*+,;=:@/?-]"
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_FRONT = r"(?i)/?(?:(?:index|default|home)\.[a-z]{2,5})?"
_SESSION = r"(?i);jsessionid=[^/;]*"
_AMP_ENDING = r"\.amp(?=\.[a-z]+\Z|\Z)"
_GOOGLE = r"google\.[a-z.]{2,6}"
_GOOGLE_AMP = r"/amp/(?:s/)?(.+)"
_AMP_CACHE = r"/[cva]/(?:s/)?(.+)"

TRACKING = frozenset(
    (
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid"),
        *("igshid", "igsh", "li_fat_id", "_ga", "_gl", "mc_cid", "mc_eid", "mkt_tok", "oly_anon_id"),
        *("oly_enc_id", "vero_id", "vero_conv", "wickedid", "s_cid", "icid", "ncid", "cmpid", "cmp", "ito"),
        *("ref_src", "ref_url", "smid", "smtyp", "xtor", "wt_mc", "wt.mc_id", "taid", "feedtype", "feedname"),
        *("__twitter_impression", "amp", "amp_js_v", "amp_gsa", "usqp", "outputtype"),
        *("pk_campaign", "pk_kwd", "pk_keyword", "pk_source", "pk_medium", "pk_content", "pk_cid"),
    )
)
"""Parameters of a query that tell who links, not what is linked; by their names in small letters."""

TRACKING_BEGINNINGS = ("utm_", "mtm_", "itm_", "at_", "hsa_", "_hs")
"""And what the names of others begin with."""


def is_url(name: str) -> bool:
    """True for what can have a normal form."""
    return name.lower().startswith(("http://", "https://", "feed://", "//"))


def normal(url: str) -> str | None:
    """The normal form of an http URL; None for any other name, and for a site's front page: it is no story's.

    RFC 3986 §6.2, and what the web adds: neither scheme, `www.`, userinfo, default port, AMP, tracking
    parameters, their order, fragment nor trailing slash tells two pages apart; path and values do, by case.
    """
    usual = re.fullmatch(_USUAL, url) if len(url) <= LONGEST else None
    if usual and "amp" not in url and "google" not in url:  # most are so, and an import pays for each
        return f"https://{usual[1]}{usual[2]}"
    for _ in range(_UNWRAPPED):
        parts = re.fullmatch(_URL, url.strip()) if len(url) <= LONGEST else None
        site = _site(parts[1]) if parts else None
        if parts is None or site is None:
            return None
        wrapped = _wrapped(site, parts[2])
        if wrapped is None:
            return _joined(site, _path(parts[2]), _query(parts[3] or ""), parts[4] or "")
        url = f"//{wrapped}" + (f"?{parts[3]}" if parts[3] else "")
    return None


def _joined(site: str, path: str, query: str, fragment: str) -> str | None:
    place = f"#{_encoded(fragment)}" if fragment.startswith("!") else ""  # a page of its own, in its day
    if not query and not place and re.fullmatch(_FRONT, path):
        return None
    return f"https://{site}{path or '/'}" + (f"?{query}" if query else "") + place


def _site(authority: str) -> str | None:
    """Host, and the port where it is not the scheme's own; None where this can be no host."""
    host = authority.rpartition("@")[2].lower()
    if not host.isascii():
        try:
            host = host.encode("idna").decode() if len(host) <= 253 else ""
        except UnicodeError:
            return None
    found = re.fullmatch(_HOST, host)
    if found is None:
        return None
    name, port = found[1].rstrip("."), found[2] or ""
    for beginning in ("www.", "amp."):
        if name.startswith(beginning) and "." in name[4:]:
            name = name[4:]
    return (name if port in {"", "80", "443"} else f"{name}:{port}") or None


def _wrapped(site: str, path: str) -> str | None:
    """Host and path of the page that an AMP cache shows."""
    is_cache = site == "cdn.ampproject.org" or site.endswith(".cdn.ampproject.org")
    if not is_cache and not re.fullmatch(_GOOGLE, site):
        return None
    found = re.fullmatch(_AMP_CACHE if is_cache else _GOOGLE_AMP, path)
    return found[1] if found else None


def _path(path: str) -> str:
    """Without dots, AMP, session and the slash at its end."""
    path = _encoded(re.sub(_SESSION, "", path) if ";" in path else path)
    if "/." in path:
        path = _without_dots(path)
    path = path.rstrip("/")
    segments = path.split("/")
    if len(segments) > 2 and "amp" in (segments[1], segments[-1]):
        del segments[1 if segments[1] == "amp" else -1]
        path = "/".join(segments)
    return re.sub(_AMP_ENDING, "", path) if ".amp" in path else path


def _without_dots(path: str) -> str:
    """RFC 3986 §5.2.4."""
    kept: list[str] = []
    for segment in path.split("/")[1:]:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    return "".join(f"/{segment}" for segment in kept)


def _query(query: str) -> str:
    """Parameters by their names, without those that only track; `&amp;` is what feeds make of `&`."""
    if not query:
        return ""
    given = _encoded(query.replace("&amp;", "&")).split("&")
    return "&".join(sorted(filter(_tells, given), key=_name))


def _tells(parameter: str) -> bool:
    name = _name(parameter).lower()
    return bool(name) and name not in TRACKING and not name.startswith(TRACKING_BEGINNINGS)


def _name(parameter: str) -> str:
    return parameter.partition("=")[0]


def _encoded(part: str) -> str:
    """Percent signs only where there must be some, and in one way."""
    return part if re.fullmatch(_PLAIN, part) else re.sub(_ODD, _percent, part)


def _percent(found: re.Match[str]) -> str:
    odd = found[0]
    if len(odd) == 3:
        code = int(odd[1:], 16)
        return chr(code) if code in _UNRESERVED else odd.upper()
    return "".join(f"%{byte:02X}" for byte in odd.encode(errors="surrogatepass"))
