"""URLs in one spelling: the canonical form that ids are made of, and the registered domain as a publisher's name.

Pure functions. May import: the standard library, w3lib and courlan.
"""

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit, urlunsplit

from courlan import extract_domain
from w3lib.url import canonicalize_url, safe_url_string

LONGEST = 2_000
"""Characters; longer URLs are traps or broken, no publisher's article needs them."""

# Already canonical, as most are: this spares the slow way without changing the result (a test compares the two).
_LABEL = r"[a-z0-9]+(?:-+[a-z0-9]+)*"
_NAME = r"[A-Za-z0-9_-][A-Za-z0-9_.-]*"
_PLAIN = re.compile(rf"https?://(?:{_LABEL}\.)+[a-z]+/(?:{_NAME}/)*(?:{_NAME})?")
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?")
_NETLOC = re.compile(r"[a-z][a-z0-9+.-]*://([^/?#\\]*)", re.IGNORECASE)
_DEFAULT_PORT = {"http": 80, "https": 443}
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid)=[^/?#;]*|/\([SAF]\([0-9a-z]{8,}\)\)(?=/)", re.IGNORECASE)
# Words for a visit; on many sites they mean something else, but then their values are short.
_SESSION = re.compile(
    r"(?:s|sid|sess|sessid|session|session_id|phpsessionid|zenid|oscsid)=(?=[a-z]*\d)[0-9a-z]{16,}", re.I
)
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|twclid|yclid|ysclid|msclkid|ttclid|li_fat_id|igsh|igshid|gbraid|wbraid|mc_cid|mc_eid"
    r"|mkt_tok|_ga|_gl|gs_l|_hsenc|_hsmi|__hs\w+|hsctatracking|oly_\w+|vero_\w+|pk_\w+|mtm_\w+|piwik_\w+|itm_\w+"
    r"|at_(?:campaign|medium|custom\d|link_\w+|format|ptr_name|bbc_team)|ns_(?:campaign|mchannel|source|linkname|fee)"
    r"|wt[._]\w+|xtor|xtref|cmp|cmpid|icid|ocid|ncid|sr_share|smid|smtyp|s_cid|wpisrc|ftag|taid|trk|trkcampaign|spm"
    r"|guccounter|guce_referrer(?:_sig)?|fb_(?:action_\w+|ref|source|comment_id)|__twitter_impression|amp_js_v|usqp"
    r"|ref_src|ref_url|referr?er|echobox|__tn__|__cft__.*|xing_share|nr_email_referer|sharetype|share_token"
    r"|phpsessid|jsessionid|aspsessionid\w*|sessionid|cfid|cftoken|replytocom"
)
# Words that track a visit as a rule but name an article on a few sites; there the value has a digit in it.
_MAYBE_TRACKING = re.compile(r"ref|source|src|from|mod|campaign|medium|partner|feature|share|rss")


def canonical(url: str) -> str | None:
    """Return the URL in the one spelling that stands for its page, or None where it is no fetchable web address.

    Host in lower case and ASCII (IDNA), path and query percent-encoded as UTF-8, query sorted; without fragment,
    default port, user name, dot segments, tracking parameters and session ids. Scheme, www. and a last slash stay:
    without asking the server nobody knows that they make no difference.
    """
    url = url.strip()
    if len(url) > LONGEST:
        return None
    if _PLAIN.fullmatch(url):
        return url
    try:
        return _rebuild(url)
    except (ValueError, UnicodeError):  # no port number, no IPv6 address, no IDNA label, a lone surrogate
        return None


def publisher_of(url: str) -> str | None:
    """Return the registered domain of the URL (`news.example.co.uk` gives `example.co.uk`), or None without a host.

    Where the public suffix list knows no answer, the last two labels; an address or bare name keeps its port.
    """
    found = _NETLOC.match(url)
    return _publisher(found[1].lower().rpartition("@")[2]) if found else None


@lru_cache(maxsize=65_536)
def _publisher(netloc: str) -> str | None:
    if ("[" in netloc) != ("]" in netloc):
        return None
    host = netloc.partition(":")[0]
    domain: str | None = extract_domain(f"http://{host}/") if host else None
    if domain:
        return domain
    if "." not in host or host.replace(".", "").isdigit():
        return netloc or None
    return ".".join(host.split(".")[-2:])


def _rebuild(url: str) -> str | None:
    parts = urlsplit(_SESSION_IN_PATH.sub("", url).replace("\\", "/"))
    if parts.scheme not in _DEFAULT_PORT or not parts.hostname:
        return None
    netloc = _netloc(parts)
    if netloc is None:
        return None
    bare = canonicalize_url(urlunsplit((parts.scheme, netloc, parts.path or "/", "", "")))
    clean = urlsplit(bare)
    if not _HOST.fullmatch(clean.hostname or "") and "[" not in clean.netloc:
        return None
    return urlunsplit((clean.scheme, clean.netloc, clean.path or "/", _query(parts.query), ""))


def _netloc(parts: SplitResult) -> str | None:
    """Host and, where it is not the scheme's own, port."""
    host = (parts.hostname or "").rstrip(".").replace("。", ".")
    host = f"[{host}]" if ":" in host else host
    if not host or any(sign in host for sign in " %<>\"'`{}|^\0"):
        return None
    port = parts.port
    return host if port is None or port == _DEFAULT_PORT[parts.scheme] else f"{host}:{port}"


def _query(query: str) -> str:
    """Drop what tracks the visit, sort the rest; `?123` stays as it is, for some sites it names the article."""
    kept = sorted(pair for pair in query.replace("&amp;", "&").split("&") if pair and not _tracks(pair))
    if not kept:
        return ""
    safe = urlsplit(safe_url_string("http://h.example/?" + "&".join(kept), path_encoding="utf-8")).query
    return re.sub(r"%[0-9a-fA-F]{2}", lambda escape: escape[0].upper(), safe)


def _tracks(pair: str) -> bool:
    name, _, value = pair.partition("=")
    name = name.lower()
    if _TRACKING.fullmatch(name):
        return True
    if _SESSION.fullmatch(pair):
        return True
    return bool(_MAYBE_TRACKING.fullmatch(name)) and not any(sign.isdigit() for sign in value)
