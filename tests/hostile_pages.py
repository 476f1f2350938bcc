"""Pages that hurt parsers, each with the outcome that it must have, and the innocent text that some of them carry."""

SENTENCE = (
    "The minister told parliament on Tuesday that the new bridge across the river would open before winter, number {}. "
)
BODY = "".join(f"<p>{SENTENCE.format(n)}</p>" for n in range(12))


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


HOSTILE: dict[str, tuple[str | bytes, str]] = {
    "no bytes": (b"", "empty"),
    "spaces": (b"   \n ", "empty"),
    "no elements": (b"just some words", "empty"),
    "NULs": (b"\0" * 1000, "not_article"),
    "binary": (bytes(range(256)) * 200, "not_article"),
    "PDF": (b"%PDF-1.7 words", "not_article"),
    "gzip": (b"\x1f\x8b\x08\x00" + b"\0\1\2" * 1000, "not_article"),
    "six megabytes": (b"<p>x</p>" * 800_000, "too_large"),
    "many tags": ("<b>" * 160_000, "too_large"),
    "many lines": ("<p>a</p>" * 100_000, "too_large"),
    "deep": ("<div>" * 100_000 + "x", "too_large"),
    "three hundred deep": ("<div>" * 300 + BODY, "too_large"),
    "attributes": ("<p " + " ".join(f'a{n}="x"' for n in range(100_000)) + ">" + BODY, "too_large"),
    "bare attributes": ("<p " + " ".join(f"a{n}" for n in range(50_000)) + ">" + BODY, "too_large"),
    "many attributes": ("<p " + " ".join(f'a{n}="x"' for n in range(4000)) + ">x</p>" + BODY, "ok"),
    "no end tags": ("<html><body><p>" + SENTENCE * 10, "ok"),
    "surrogate entity": (BODY.replace("minister", "mini&#xD800;ster"), "ok"),
    "surrogate entity in decimals": (BODY.replace("minister", "mini&#55296;ster"), "ok"),
    "long address": ('<a href="' + "x" * 2_000_000 + '">y</a>' + BODY, "ok"),
    "long style": ('<div style="' + "a:b;" * 500_000 + '">' + BODY + "</div>", "ok"),
    "big script": ("<script>" + "var a = 1; " * 200_000 + "</script>" + BODY, "ok"),
    "deep JSON-LD": ('<script type="application/ld+json">' + "[" * 100_000 + "</script>" + BODY, "ok"),
    "wide JSON-LD": (ld('{"@type":"NewsArticle","author":[' + '{"name":"A B"},' * 20_000 + "]}") + BODY, "ok"),
    "JSON-LD of wrong types": (
        '<script type="application/ld+json">{"@type":["NewsArticle",3,null],"headline":{"a":[1]},"author":7,'
        '"datePublished":[{}],"image":[[]],"hasPart":"x","articleBody":9,"publisher":[]}</script>' + BODY,
        "ok",
    ),
    "control characters as entities": (
        '<html><head><title>A &#27;[31mbridge</title><meta name="author" content="Ana &#27;Sosa"></head>' + BODY,
        "ok",
    ),
    "surrogates in other JSON-LD": (
        ld('{"@type":"NewsArticle","author":"A \\udfff B","articleSection":"\\ud800"}') + BODY,
        "ok",
    ),
    "surrogates in JSON-LD": (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"A \\ud800 bridge"}</script>' + BODY,
        "ok",
    ),
    "entities": (BODY + "&amp;" * 300_000, "ok"),
    "entity bomb": ('<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><p>&b;</p>' + BODY, "ok"),
    "external entity": ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><p>&a;</p>' + BODY, "ok"),
    "wrong XML declaration": ('<?xml version="1.0" encoding="utf-16"?><html><body>' + BODY, "ok"),
    "UTF-16": (("<html><body>" + BODY).encode("utf-16"), "ok"),
    "cut in a character": (("<html><body>" + BODY + "橋").encode()[:-1], "ok"),
    "big comment": ("<!--" + "x" * 2_000_000 + "-->" + BODY, "ok"),
    "open comment": ("<!--" + BODY, "empty"),
    "frames": ("<html><frameset><frame src='x'></frameset></html>", "empty"),
    "pictures": ("<svg>" + '<path d="M0 0"/>' * 5000 + "</svg>" + BODY, "ok"),
    "nested tables": ("<table><tr><td>" * 60 + BODY, "ok"),
    "forms": ("<form>" * 100 + BODY, "ok"),
    "base of a script": ('<base href="javascript:x">' + BODY, "ok"),
    "terminal escapes": (BODY.replace("minister", "\x1b[31mminister\x1b]0;x\x07"), "ok"),
    "directions": ("\u202e" * 10_000 + BODY, "ok"),
    "one long word": ("<p>" + "a" * 1_000_000 + "</p>", "short"),
    "brackets": ("<p>" + "(" * 100_000 + ")" * 100_000 + "</p>", "empty"),
    "dashes": ("<p>" + "- " * 200_000 + "</p>", "empty"),
    "a million dots": ("<p>Read more" + "." * 1_000_000 + "</p>", "short"),
    "other charset": ("<html><head><meta charset='no-such-charset'></head><body>" + BODY, "ok"),
    "links on end": ("<div>" + "<a href=x>yy yy</a> " * 20_000 + "</div>" + BODY, "ok"),
    "pictures and lines": ("<p><img></p><p align=center>x</p>" * 30_000 + BODY, "too_large"),
    "fields": ("<form>" + "<input type=text>" * 100_000 + "</form>" + BODY, "ok"),
    "breaks": ("<div>" + "x<br><br>" * 15_000 + "</div>" + BODY, "ok"),
    "breaks in spans": ("<span>x<br><br>" * 200 + BODY, "ok"),
    "cards in cards": ("<div class=c><h3><a href=x>Another headline here</a></h3>" * 100 + BODY, "ok"),
    "a very long class": ("<div class='" + "caption-" * 100_000 + "'>x</div>" + BODY, "ok"),
    "duplicate ids": (BODY.replace("<p>", '<p id="a">'), "ok"),
}  # fmt: skip
