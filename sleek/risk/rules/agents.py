"""Who opens a page without being a person: robots that say so, and browsers that look ahead."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Families by what they call themselves; those that lie are caught by their tries, not here.
_BOTS = re.compile(
    r"""
    bot\b | bot/ | crawl | spider | slurp | archiver | scanner | preview | fetcher | monitor
    | headless | facebookexternalhit | facebookcatalog | whatsapp | telegram | slack | discord
    | embedly | linkedin | pinterest | vkshare | flipboard | quora\ link | iframely | mediapartners
    | apis-google | google-(?:inspection|read|safety|extended|site) | lighthouse
    | gptbot | chatgpt | claude | perplexity | barracuda | mimecast | proofpoint | safelinks
    | urldefense | pingdom | uptime | statuscake | site24x7 | newrelic | datadog
    | curl | wget | httpie | python-(?:requests|urllib|httpx) | python/ | aiohttp | scrapy | okhttp/
    | go-http-client | java/ | libwww | lwp:: | guzzle | axios | node-fetch | undici | postman
    """,
    re.IGNORECASE | re.VERBOSE,
)
# "WhatsApp/2.23" alone fetches a preview; the app's own browser says Mozilla first, as all do.
_BROWSER = re.compile(r"^Mozilla/5\.0 \(")
_APPS = re.compile(r"\b(?:whatsapp|telegram|slack|discord|linkedin|pinterest)", re.IGNORECASE)
_LOOKING_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def is_bot(user_agent: str) -> bool:
    """Nothing at all is no browser either."""
    if not user_agent.strip():
        return True
    text = _APPS.sub("", user_agent) if _BROWSER.match(user_agent) else user_agent
    return bool(_BOTS.search(text))


def is_prefetch(headers: Mapping[str, str]) -> bool:
    """A browser loads the page in case its person opens it."""
    said = " ".join(headers.get(name, "") for name in _LOOKING_AHEAD).lower()
    return any(word in said for word in ("prefetch", "prerender", "preview"))
