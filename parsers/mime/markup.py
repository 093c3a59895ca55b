"""Convert the HTML of mails: to plain text with its layout, and to sanitised HTML."""

from __future__ import annotations

import re
from html import escape, unescape

from parsers.mime.charsets import clean_text
from parsers.mime.html_layout import layout_text

_TAG = re.compile(
    r"<(?:!doctype|html|head|body|div|p|br|span|table|tr|td|font|a|b|i|img|ul|ol|li|h[1-6]|center|meta|style)\b[^<>]{0,5000}>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"<[a-z/!][^<>]{0,2000}>", re.IGNORECASE)
_CONTAINER_TAG = re.compile(
    # Every element that may contain others and is not closed implicitly by the next of its kind.
    r"<(/?)(?:a|abbr|acronym|address|applet|article|aside|audio|b|bdi|bdo|big|blink|blockquote|button|canvas|center|cite|"
    r"code|data|datalist|del|details|dfn|dialog|dir|div|dl|em|fieldset|figcaption|figure|font|footer|form|header|hgroup|i|"
    r"ins|kbd|label|legend|listing|main|map|mark|marquee|math|menu|meter|nav|nobr|object|ol|optgroup|output|pre|progress|"
    r"q|rb|rp|rt|rtc|ruby|s|samp|search|section|select|slot|small|span|strike|strong|sub|summary|sup|svg|table|template|"
    r"time|tt|u|ul|var|video)\b",
    re.IGNORECASE,
)
_INVISIBLE_ELEMENTS = re.compile(
    r"<(style|script|title)\b[^<]*+(?:<(?!/?(?:style|script|title)\b)[^<]*+)*+</\1\s*+>", re.IGNORECASE
)
_MOST_ESCAPED = 20_000  # ampersands and no-break spaces in one page: the sanitiser is quadratic in their number
_DEEPEST = 250
"""Nesting depth of elements. Long threads in Outlook reach 100."""

_ALLOWED_TAGS = frozenset((
    "a", "abbr", "address", "b", "bdi", "bdo", "blockquote", "br", "caption", "center", "cite", "code", "col",
    "colgroup", "dd", "del", "div", "dl", "dt", "em", "figcaption", "figure", "font", "h1", "h2", "h3", "h4", "h5",
    "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre", "q", "s", "small", "span", "strike",
    "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "tt", "u", "ul", "wbr",
))  # fmt: skip
_ALLOWED_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href", "name"},
    "img": {"alt", "src", "width", "height"},
    "table": {"border", "cellpadding", "cellspacing", "width"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
    "ol": {"start"},
    "font": {"color"},
    "blockquote": {"type"},
}


def looks_like_html(text: str) -> bool:
    """Whether text declared as plain is an HTML page."""
    return bool(
        re.match(r"\s*(?:<!doctype html|<html[\s>]|<body[\s>]|<head[\s>]|<div[\s>]|<table[\s>])", text[:2000], re.I)
    )


def has_markup(text: str) -> bool:
    """Whether text declared as HTML has any markup; some programs declare plain text as HTML."""
    return bool(_TAG.search(text[:50_000]))


def html_to_text(html: str) -> str:
    """The visible text of an HTML mail, with the layout of paragraphs, lists and tables."""
    if not html.strip():
        return ""
    if not has_markup(html):
        return clean_text(unescape(_ANY_TAG.sub("", html))).strip("\n")
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser(html).body
    return _tidy(layout_text(body)) if body is not None else ""


def _tidy(text: str) -> str:
    text = clean_text(text).replace("\xa0", " ").replace("\u200b", "").replace("\ufeff", "").replace("\u00ad", "")
    lines = [line.rstrip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def without_deep_nesting(html: str) -> str:
    """The HTML unchanged, or reduced to its text if the elements are nested deeper than any real mail.

    HTML parsers and sanitisers take time quadratic in the depth.
    """
    depth = deepest = 0
    for tag in _CONTAINER_TAG.finditer(html):
        depth = max(0, depth - 1) if tag.group(1) else depth + 1
        deepest = max(deepest, depth)
    if deepest <= _DEEPEST:
        return html
    text = _INVISIBLE_ELEMENTS.sub("", html)
    text = re.sub(r"(?i)<(?:/?(?:p|div|tr|table|li|ul|ol|blockquote|h[1-6])|br)\b[^<>]{0,2000}>", "\n", text)
    return "<div>" + text_to_html(unescape(_ANY_TAG.sub("", text))) + "</div>"


def sanitise(html: str) -> str:
    """Sanitise HTML for display to staff: no scripts, forms, styles or remote pictures."""
    if not html.strip():
        return ""
    if html.count("&") + html.count("\xa0") > _MOST_ESCAPED:
        html = text_to_html(html_to_text(html).replace("&", " "))
    import nh3

    sanitised = nh3.clean(
        html,
        tags=set(_ALLOWED_TAGS),
        attributes={tag: set(names) for tag, names in _ALLOWED_ATTRIBUTES.items()},
        clean_content_tags={"script", "style", "title", "template", "iframe", "noscript"},
        attribute_filter=_without_remote_pictures,
        url_schemes={"mailto", "https", "http", "cid", "tel"},
        link_rel="noopener noreferrer nofollow",
    )
    return clean_text(sanitised).strip()


def _without_remote_pictures(tag: str, attribute: str, value: str) -> str | None:
    """Drop the source of remote pictures, which would tell the sender when the mail was read; keep cid: pictures."""
    if tag == "img" and attribute == "src" and not value.lower().startswith("cid:"):
        return None
    return value


def text_to_html(text: str) -> str:
    """Convert plain text to HTML, for mails that mix both."""
    return "<p>" + escape(text, quote=False).replace("\n\n", "</p><p>").replace("\n", "<br>") + "</p>" if text else ""
